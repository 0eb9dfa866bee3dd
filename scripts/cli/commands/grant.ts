import type { Command } from "commander";
import type { PassportId } from "../../../backend/domain/types.ts";
import { findPassport } from "../actions/findPassport.ts";
import { whileSignedIn } from "../actions/signIn.ts";
import { usage } from "../failure.ts";
import { fieldsOf, listOf, textOf, wholeOf } from "../operator/answers.ts";
import { connectOperator, type Operator } from "../operator/connectOperator.ts";
import { examples, openKey, participantId, type SigningOptions, withKey } from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = SigningOptions & {
  readonly to?: number;
  readonly until?: string;
  readonly revoke?: boolean;
  readonly as?: number;
  readonly json?: boolean;
};

type Grant = { readonly participantId: number; readonly expiresAt: string | null };

export function addGrant(program: Command, terminal: Terminal): void {
  withKey(program.command("grant"))
    .description(
      "Let another participant read what is individual to a battery you hold (state of health, status, use data). It " +
        "ends when you take it back, at its time, and with your custody. Without --to: list what is granted.",
    )
    .argument("<passport>", "passport id, uid, or GB/T 34014 code")
    .option("--to <id>", "participant id", participantId)
    .option("--until <moment>", "when it ends, like 2027-03-01T00:00:00Z")
    .option("--revoke", "take the grant to that participant back")
    .option("--as <id>", "your participant id, where your key signs for several", participantId)
    .addHelpText(
      "after",
      examples(
        ["grant 0x… --to 12 --until 2027-03-01T00:00:00Z --key fleet.json", "for an insurer's assessment"],
        ["grant 0x… --key fleet.json", "who may read it now"],
        ["grant 0x… --to 12 --revoke --key fleet.json", "and no longer"],
      ),
    )
    .action(async (text: string, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      if (options.to === undefined && (options.revoke || options.until !== undefined)) {
        throw usage("--until and --revoke concern a participant: name it with --to.");
      }
      const operator = connectOperator(options.operator);
      const { passportId } = await findPassport(operator, text);
      const grants = await whileSignedIn(operator, await openKey(terminal, options), options.as, async (signedIn) => {
        await change(signedIn, passportId, options);
        return await readGrants(signedIn, passportId);
      });
      const lines = grants.map(
        ({ participantId: id, expiresAt }) => `  participant ${id}, until ${expiresAt ?? "custody moves"}`,
      );
      output.result(
        { passportId, grants },
        [`${passportId} may be read by`, ...(lines.length > 0 ? lines : ["  nobody else"])].join("\n"),
      );
    });
}

async function change(signedIn: Operator, passportId: PassportId, { to, until, revoke }: Options): Promise<void> {
  if (to === undefined) return;
  const path = `/v1/dpps/${passportId}/grants`;
  if (revoke) return await signedIn.delete(`${path}/${to}`);
  const expiresAt = until === undefined ? undefined : Math.floor(Date.parse(until) / 1000);
  if (Number.isNaN(expiresAt)) throw usage("--until is a moment like 2027-03-01T00:00:00Z.");
  await signedIn.post(path, { participantId: to, ...(expiresAt === undefined ? {} : { expiresAt }) });
}

async function readGrants(signedIn: Operator, passportId: PassportId): Promise<Grant[]> {
  const { grants } = fieldsOf(await signedIn.get(`/v1/dpps/${passportId}/grants`), "answer");
  return listOf(grants, "grants").map((value) => {
    const grant = fieldsOf(value, "grant");
    return {
      participantId: wholeOf(grant.participantId, "participantId"),
      expiresAt: grant.expiresAt === undefined ? null : textOf(grant.expiresAt, "expiresAt"),
    };
  });
}
