import type { SigningDomain } from "./eip712.ts";
import type { JsonObject, JsonValue } from "./types.ts";

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
  readonly message: JsonObject;
};

/**
 * The form of one typed struct.
 * @param encodedType EIP-712 `encodeType`: the primary type, then those it refers to, `A(B b)B(uint8 x)`
 * @param value may have more members than the type; only the type's go into the message
 */
export function signingForm({ chainId, contract }: SigningDomain, encodedType: string, value: JsonObject): SigningForm {
  const types = Object.fromEntries(
    [...encodedType.matchAll(/(\w+)\(([^)]*)\)/g)].map(([, type = "", list = ""]) => [
      type,
      list.split(",").map(field),
    ]),
  );
  const primaryType = encodedType.slice(0, encodedType.indexOf("("));
  return {
    domain: { name: "BatteryPassport", version: "1", chainId, verifyingContract: contract },
    primaryType,
    types,
    message: Object.fromEntries((types[primaryType] ?? []).map(({ name }) => [name, value[name] as JsonValue])),
  };
}

function field(declaration: string): { name: string; type: string } {
  const [type = "", name = ""] = declaration.split(" ");
  return { name, type };
}
