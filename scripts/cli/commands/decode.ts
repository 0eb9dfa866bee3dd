import type { Command } from "commander";
import {
  type BatteryCode,
  CHEMISTRY_NAMES,
  decodeBatteryCode,
} from "../../../backend/domain/identifiers/batteryCode.ts";
import { type DecodedIdentifier, decodeIdentifier } from "../../../backend/domain/identifiers/decodeIdentifier.ts";
import { checkCascade, checkParts, type LinkProblem } from "../../../backend/domain/identifiers/linkBatteryCodes.ts";
import { EXIT, usage } from "../failure.ts";
import { argument, each, examples, jsonOption } from "../options.ts";
import { plain } from "../plain.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = {
  readonly lenient?: boolean;
  readonly original?: readonly BatteryCode[];
  readonly part?: readonly BatteryCode[];
  readonly json?: boolean;
};

export function addDecode(program: Command, terminal: Terminal, setExitCode: (code: number) => void): void {
  const code = each(argument((text) => decodeBatteryCode(text)));
  program
    .command("decode")
    .description("Take an identifier apart: scheme, parts, check digits. Asks nobody.")
    .argument("<identifier>", "GB/T 34014 code, GS1 link or element string, https link, URN, DID, USCC, LEI")
    .option("--lenient", "also read what people and cameras make of a code, and say what was mended")
    .option("--original <code>", "code of a battery that this cascade product was made from; may be repeated", code)
    .option("--part <code>", "code of a module or cell in this battery; may be repeated", code)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        ["decode 04QCB76836300JBC40000903", "a battery code: maker, level, type, date, serial"],
        ["decode '(01)09521000000018(21)S1'", "what stands under a GS1 code, as a link"],
        ["decode --lenient '001cb-240000003-B3C-O221953'", "a code as somebody typed it"],
        ["decode 04QMB76C700002596RP --original 04QMB76836300JBC40000903", "whether a cascade code fits its original"],
      ),
    )
    .action((text: string, options: Options) => {
      const decoded = decodeIdentifier(text, { lenient: options.lenient === true });
      const problems = linkProblems(decoded, options);
      const lines = [
        ...describe(decoded),
        ...problems.map(({ rule, code, message }) => `${code}  ${message} [${rule}]`),
      ];
      outputTo(terminal, options.json === true).result({ ...decoded, problems }, lines.join("\n"));
      setExitCode(problems.length > 0 ? EXIT.refused : EXIT.done);
    });
}

function linkProblems({ identifier }: DecodedIdentifier, { original = [], part = [] }: Options): LinkProblem[] {
  if (original.length === 0 && part.length === 0) return [];
  if (identifier.scheme !== "gbt34014") throw usage("--original and --part compare codes by GB/T 34014 only.");
  const kept = original.map((one) => one.code);
  return [
    ...(original.length > 0 ? checkCascade(identifier.parts, original, kept) : []),
    ...checkParts(identifier.parts, part),
  ];
}

function describe({ identifier, corrections }: DecodedIdentifier): string[] {
  const parts: Readonly<Record<string, string | undefined>> = identifier.parts as never;
  const rows = Object.entries({
    scheme: identifier.scheme,
    uid: identifier.uid,
    granularity: identifier.granularity,
    ...parts,
  });
  return [
    ...rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(14)}${plain(shown(name, value))}`])),
    ...corrections.map(({ position, written, read }) => {
      const place = position === 0 ? "the text" : `character ${position}`;
      return `Mended: ${place}, ${plain(written)} read as ${plain(read)}. Look at the battery again.`;
    }),
  ];
}

const shown = (name: string, value: string): string =>
  name === "chemistry" ? `${value} (${CHEMISTRY_NAMES[value] ?? "unknown"})` : value;
