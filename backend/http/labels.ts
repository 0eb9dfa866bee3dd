import { createHash } from "node:crypto";
import QRCode from "qrcode";
import { DomainError } from "../domain/errors.ts";
import { type ParsedUid, parseUid } from "../domain/identifiers/uid.ts";
import type { PassportId } from "../domain/types.ts";

/** What a label is made from. Everything but the id comes from whoever minted the passport: untrusted text. */
export type LabelContent = {
  readonly passportId: PassportId;
  readonly uid: string | null;
  readonly batteryCode: string | null;
};

/** Packs live for years on the road: a quarter of the code may be lost (ISO/IEC 18004, level Q), quiet zone as there. */
const CODE = { errorCorrectionLevel: "Q", margin: 4 } as const;
const PNG_PIXELS = 720;

function parsed(uid: string | null): ParsedUid | null {
  try {
    return uid === null ? null : parseUid(uid);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/**
 * The link that a battery's code holds: a GS1 Digital Link on this operator's host where the identifier is one, so that
 * any scanner reads GTIN and serial from it; otherwise the look-up by identifier, or the passport itself.
 */
export function labelLink(publicUrl: string, { uid, passportId }: LabelContent): string {
  const base = publicUrl.replace(/\/+$/, "");
  const identifier = parsed(uid);
  if (identifier === null) return `${base}/v1/dpps/${passportId}`;
  if (identifier.scheme === "gs1") return base + new URL(identifier.uid).pathname;
  return `${base}/v1/dppsByProductId/${encodeURIComponent(identifier.uid)}`;
}

/** The link as a QR code: an SVG document. */
export const qrSvg = (link: string): Promise<string> => QRCode.toString(link, { ...CODE, type: "svg" });

/** The link as a QR code: a PNG of 720 pixels, for a print of 6 cm at 300 dpi. */
export const qrPng = (link: string): Promise<Buffer> => QRCode.toBuffer(link, { ...CODE, width: PNG_PIXELS });

const STYLE = `
@page { size: A4; margin: 10mm }
* { box-sizing: border-box }
body { margin: 0; color: #000; background: #fff; font: 9pt/1.35 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }
p { margin: 0 }
.note { padding: 4mm; font-size: 11pt }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, 92mm); gap: 4mm; padding: 2mm }
.label { display: grid; grid-template-columns: 38mm 1fr; gap: 2mm; align-items: center; height: 44mm; padding: 2mm; overflow: hidden; border: 0.2mm dashed #888; break-inside: avoid }
.label svg { display: block; width: 38mm; height: 38mm }
.label div { min-width: 0; overflow-wrap: anywhere }
.name { font-weight: 700 }
.label dl { margin: 1mm 0 0 }
.label dt { font-size: 6.5pt; color: #444 }
.label dd { margin: 0; font: 8pt/1.25 ui-monospace, Consolas, monospace }
.link { margin-top: 1mm; font-size: 6pt; color: #444 }
@media print { .note { display: none } .sheet { padding: 0 } }
`;

/** Nothing runs on the sheet, and nothing is loaded. */
export const LABEL_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A sheet of equal labels to print and cut, in English and Chinese: code, identifiers and link as plain text. */
export async function labelSheet(publicUrl: string, content: LabelContent, copies: number): Promise<string> {
  const link = labelLink(publicUrl, content);
  const rows = identifierRows(content)
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`)
    .join("");
  const label =
    `<div class="label">${await qrSvg(link)}<div><p class="name">Battery passport 电池护照</p>` +
    `<dl>${rows}</dl><p class="link">${escapeHtml(link)}</p></div></div>`;
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(content.uid ?? content.passportId)}` +
    `</title><style>${STYLE}</style></head><body><p class="note">Print without scaling. 请按实际大小打印。</p>` +
    `<div class="sheet">${label.repeat(copies)}</div></body></html>`
  );
}

function identifierRows({ uid, batteryCode, passportId }: LabelContent): (readonly [name: string, value: string])[] {
  const identifier = parsed(uid);
  const code = identifier?.scheme === "gbt34014" ? identifier.uid : batteryCode;
  const rows: (readonly [string, string])[] = [];
  if (code !== null) rows.push(["GB/T 34014 电池编码", code]);
  if (identifier?.scheme === "gs1") {
    const { gtin, lot, serial } = identifier.parts;
    rows.push(["GTIN 产品编号", gtin]);
    if (lot !== undefined) rows.push(["Lot 批次", lot]);
    if (serial !== undefined) rows.push(["Serial 序列号", serial]);
  }
  if (rows.length === 0) rows.push(["Identifier 标识", uid ?? passportId]);
  return rows;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
