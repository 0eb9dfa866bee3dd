import type { SigningDomain } from "../eip712.ts";
import { type SigningForm, signingForm } from "../signingForm.ts";
import { ANCHOR_TYPE, type Anchor } from "./anchor.ts";
import { DATA_RECORD_TYPE, type DataRecord } from "./dataRecord.ts";

/** What a publisher's wallet is given to sign an anchor. */
export function anchorSigningForm(domain: SigningDomain, anchor: Anchor): SigningForm {
  return signingForm(domain, ANCHOR_TYPE, anchor);
}

/** What an author's wallet is given to sign a data record. */
export function dataRecordSigningForm(domain: SigningDomain, record: DataRecord): SigningForm {
  return signingForm(domain, DATA_RECORD_TYPE, record);
}
