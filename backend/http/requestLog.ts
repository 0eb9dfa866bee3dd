import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";

const GIVEN_ID = /^[A-Za-z0-9_-]{8,64}$/;

/** 501 says that an address is answered otherwise by design, 503 to come again; the rest of the 5xx are faults. */
const isFault = (error: Error | undefined, { statusCode }: ServerResponse): boolean =>
  statusCode !== 501 && statusCode !== 503 && (error !== undefined || statusCode >= 500);

/**
 * One line a request with its id, which the answer carries too. Neither bodies, headers nor queries are logged: they
 * hold disclosures, tokens and whatever somebody sends.
 */
export function requestLog(logger: Logger) {
  return pinoHttp({
    logger,
    genReqId(request: IncomingMessage, response: ServerResponse) {
      const given = request.headers["x-request-id"];
      const id = typeof given === "string" && GIVEN_ID.test(given) ? given : randomUUID();
      response.setHeader("x-request-id", id);
      return id;
    },
    customLogLevel: (_request, response, error) => (isFault(error, response) ? "error" : "debug"),
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: url.split("?")[0],
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  });
}
