import type { JsonObject } from "../types.ts";
import type { Valuation } from "./valueBattery.ts";

/**
 * A valuation as the fields of a data record of kind `residual-value`: the signed record names the parameter set by id
 * and hash, so that whoever has that file can work the value out again.
 * @param estimatedOn YYYY-MM-DD, the author's word
 */
export function residualValueFields(valuation: Valuation, estimatedOn: string): JsonObject {
  const { currency, parameters, use, low, base, high, prices, battery, disclaimer } = valuation;
  const money = (value: string): JsonObject => ({ value, unit: currency });
  return {
    kind: "residual-value",
    estimatedOn,
    use,
    value: { low: money(low.value), base: money(base.value), high: money(high.value) },
    parameters: { id: parameters.id, hash: parameters.hash },
    prices: prices.map(({ of, price, quotedOn }) => ({ of, price: money(price), quotedOn })),
    ...(battery.stateOfHealth === null ? {} : { stateOfHealth: { value: battery.stateOfHealth, unit: "%" } }),
    note: disclaimer,
  };
}
