import * as z from "zod";
import type { Address, Hash, Head, Hex, PassportId } from "../../domain/types.ts";

const hexOf = (bytes: number, description: string) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`))
    .meta({ description, example: `0x${"ab".repeat(bytes)}` });

/** Hex that comes in: any case, lower case inside. */
const lower = <T extends Hex>(bytes: number, description: string) =>
  hexOf(bytes, description).transform((text) => text.toLowerCase() as T);

export const hash = lower<Hash>(32, "32 bytes.");
export const address = lower<Address>(20, "An address, 20 bytes.");
export const head = lower<Head>(28, "A passport's head, 28 bytes.");
export const shownHash = hexOf(32, "32 bytes.");
export const shownHead = hexOf(28, "A passport's head, 28 bytes.");
export const shownAddress = hexOf(20, "An address, 20 bytes.");
export const passportId = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .meta({ description: "A passport's id: issuer and hash of its uid, 20 bytes." }) as unknown as z.ZodType<PassportId>;

/** Whole bytes of hex, such as a signature. */
export const bytes = z
  .string()
  .max(2 + 2 * 16_384)
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/)
  .meta({ description: "Bytes as hex, such as a signature." })
  .transform((text) => text.toLowerCase() as Hex);

export const bitmap = z
  .string()
  .regex(/^0x(?:0|[1-9a-f][0-9a-f]{0,63})$/)
  .transform((text) => text as Hex)
  .meta({ description: "Bitmap of positions, a hex quantity.", example: "0x5" });

export const unixTime = z.int().min(0).max(0xffffffffff).meta({ description: "Unix time in seconds." });
export const participantId = z.int().min(0).max(0xffffff).meta({ description: "Participant id; 0 is nobody." });

/** A whole number in a path or query, where everything is text. */
export const wholeText = (min: number, max: number, description: string) =>
  z
    .string()
    .regex(/^\d{1,8}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ description, override: { type: "integer", minimum: min, maximum: max } });

export const participantIdText = wholeText(1, 0xffffff, "Participant id.");
export const flagText = z
  .enum(["true", "false"])
  .transform((text) => text === "true")
  .meta({ override: { type: "boolean" } });

const LONGEST_PAGE = 200;

/** The fields of a list's query: how many, and where it goes on. Whoever asks for more gets a full page. */
export const paging = {
  limit: z
    .string()
    .regex(/^0*[1-9]\d{0,8}$/)
    .transform((text) => Math.min(Number(text), LONGEST_PAGE))
    .meta({
      description: `Most entries to answer; ${LONGEST_PAGE} at once.`,
      override: { type: "integer", minimum: 1 },
    })
    .default(50),
  cursor: z.string().min(1).max(200).optional().meta({ description: "`nextCursor` of the page before." }),
};
export const nextCursor = z.string().optional().meta({ description: "Absent on the last page." });

export const jsonObject = z.record(z.string(), z.unknown());
export const finality = z.enum(["included", "safe", "finalized"]);
export const phase = z.enum(["none", "active", "transformed", "closed", "void"]);
