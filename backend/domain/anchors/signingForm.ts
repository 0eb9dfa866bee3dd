import type { SigningDomain } from "../eip712.ts";
import { ANCHOR_TYPE, type Anchor } from "./anchor.ts";
import { DATA_RECORD_TYPE, type DataRecord } from "./dataRecord.ts";

/** Typed data as wallets take it (`eth_signTypedData_v4`, without the EIP712Domain type that they add themselves). */
export type SigningForm = {
  readonly domain: {
    readonly name: "BatteryPassport";
    readonly version: "1";
    readonly chainId: number;
    readonly verifyingContract: string;
  };
  readonly primaryType: string;
  readonly types: { readonly [name: string]: { readonly name: string; readonly type: string }[] };
  readonly message: { readonly [field: string]: string | number };
};

/** What a publisher's wallet is given to sign an anchor. */
export function anchorSigningForm(domain: SigningDomain, anchor: Anchor): SigningForm {
  return signingForm(domain, ANCHOR_TYPE, anchor);
}

/** What an author's wallet is given to sign a data record. */
export function dataRecordSigningForm(domain: SigningDomain, record: DataRecord): SigningForm {
  return signingForm(domain, DATA_RECORD_TYPE, record);
}

/** From a type string without references. Only the fields of the type go into the message, whatever else there is. */
function signingForm(
  { chainId, contract }: SigningDomain,
  typeString: string,
  value: { readonly [field: string]: string | number },
): SigningForm {
  const [primaryType = "", list = ""] = typeString.slice(0, -1).split("(");
  const fields = list.split(",").map((declaration) => {
    const [type = "", name = ""] = declaration.split(" ");
    return { name, type };
  });
  return {
    domain: { name: "BatteryPassport", version: "1", chainId, verifyingContract: contract },
    primaryType,
    types: { [primaryType]: fields },
    message: Object.fromEntries(fields.map(({ name }) => [name, value[name] as string | number])),
  };
}
