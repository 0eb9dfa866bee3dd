import * as z from "zod";
import { DomainError } from "../../domain/errors.ts";
import { type Route, route } from "../route.ts";
import { dppIdParam, elementPathParam } from "../schemas/passports.ts";

const byId = z.object({ dppId: dppIdParam });

/** Nobody may write a passport over EN 18222's writes: custody changes by signatures, not by who is logged in. */
function refuseWrite(): never {
  const sentence = "Passports change by signed custody events only: POST them to /v1/custody-events.";
  throw new DomainError("custody-needs-signatures", sentence, {});
}

/** The registry of Article 77 is the Commission's; an operator registers there, nobody registers here. */
function refuseRegistration(): never {
  const sentence = "This server is no registry of passports: registration is done at the registry of the Union.";
  throw new DomainError("registration-elsewhere", sentence, {});
}

const WRITES = [
  ["post", "/v1/dpps", "createDPP", undefined, refuseWrite],
  ["patch", "/v1/dpps/{dppId}", "updateDPPById", byId, refuseWrite],
  ["delete", "/v1/dpps/{dppId}", "deleteDPPById", byId, refuseWrite],
  [
    "patch",
    "/v1/dpps/{dppId}/elements/{elementPath}",
    "updateDataElement",
    byId.extend({ elementPath: elementPathParam }),
    refuseWrite,
  ],
  ["post", "/v1/registerDPP", "registerProductDPP", undefined, refuseRegistration],
] as const;

/**
 * Writes of EN 18222, answered with 501 as the standard has it for functions that are not offered, and with a sentence
 * that names the way there is. The body is not read: nothing in it could change the answer.
 */
export function dppWriteRoutes(): Route[] {
  return WRITES.map(([method, path, operationId, params, refuse]) =>
    route({
      method,
      path,
      operationId,
      tag: "Passports (EN 18222)",
      summary: "Not offered; the answer says what is.",
      ...(params === undefined ? {} : { params }),
      unknownQuery: "ignore",
      answers: {},
      problems: [501],
      handle: async () => refuse(),
    }),
  );
}
