import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Request, type Response } from "express";
import { issuerOf } from "../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../backend/domain/identifiers/uid.ts";
import type { PassportId } from "../../backend/domain/types.ts";
import type { ChainView } from "../../backend/domain/verification/chainView.ts";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { pageRouter } from "../../backend/http/pages.ts";
import { securityHeaders } from "../../backend/http/protections.ts";
import { trustRoot } from "../domain/verification/simulatedChain.ts";
import { rpcStub } from "./rpcStub.ts";
import { shownChain } from "./shownChain.ts";

/** What the server under the page answers; a test changes it to lie, to stall or to fall silent. */
export type Answers = {
  evidence: (passportId: PassportId) => Promise<Uint8Array | null>;
  trustRoot: string;
  claimants: (uid: string) => readonly PassportId[];
  issuerNames: (issuer: number) => Readonly<Record<string, string>> | null;
  view: ChainView;
  rpc: "answers" | "down" | "silent";
  /** What the operator says is on its way; each change told goes to the streams that are open. */
  pending: readonly object[];
  /** False: too many streams are open. */
  streams: boolean;
  /** The problem where it has no evidence, or no claimant. */
  missing: { readonly code: string; readonly values?: object };
};

export type PageServer = ReturnType<typeof shownChain> & {
  readonly url: string;
  /** Another origin with the same chain: an RPC of the visitor's own choice. */
  readonly ownRpcUrl: string;
  /** Requests to `ownRpcUrl` so far. */
  ownRpcRequests: () => number;
  answers: Answers;
  /** Tells whoever follows the events of a passport; how many those are. */
  tellChange: (event: object) => number;
  /** Makes an honest server of it again. */
  reset(): void;
  stop(): Promise<void>;
};

const listen = (app: express.Express): Promise<Server> =>
  new Promise((resolve) => {
    const server = app.listen(0, "127.0.0.1", () => resolve(server));
  });
const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** The built page as an operator serves it, above a simulated chain. */
export async function startPageServer(folder: string): Promise<PageServer> {
  const shown = shownChain();
  const { chain } = shown;
  const honest = (): Answers => ({
    evidence: async (id) => (chain.passports.has(id) ? chain.bytes(id) : null),
    trustRoot: formatTrustRoot(trustRoot),
    claimants: (uid) =>
      [...chain.passports].filter(([, { steps }]) => uidOf(steps[0]) === normaliseUid(uid)).map(([id]) => id),
    issuerNames: (issuer) => ({ en: `Firm ${issuer}`, zh: `企业 ${issuer}` }),
    view: chain.view(),
    rpc: "answers",
    streams: true,
    missing: { code: "dpp-unknown" },
    pending: [],
  });
  const uidOf = (step: { items: readonly { recordHash: string }[] } | undefined) =>
    chain.records.get(step?.items[0]?.recordHash as never)?.record.uid;

  const silent = new Set<Response>();
  const answerRpc = (request: Request, response: Response): void => {
    if (page.answers.rpc === "silent") silent.add(response);
    else if (page.answers.rpc === "down") response.status(502).json({});
    else response.json(rpcStub(chain, page.answers.view)(request.body));
  };

  const app = express();
  app.use(securityHeaders, pageRouter(folder), express.json());
  app.get("/v1/registry", (_request, response) => void response.json({ trustRoot: page.answers.trustRoot }));
  app.get("/v1/dpps/:id/pending", (_request, response) => void response.json({ events: page.answers.pending }));
  const streams = new Set<Response>();
  app.get("/v1/events", (_request, response) => {
    if (!page.answers.streams) return void response.status(503).json({ code: "too-many-watchers" });
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    streams.add(response);
    response.once("close", () => streams.delete(response));
  });
  app.get("/v1/dpps/:id/evidence", async (request, response) => {
    const bytes = await page.answers.evidence(request.params.id as PassportId);
    if (bytes === null) response.status(404).json(page.answers.missing);
    else response.type("json").end(bytes);
  });
  app.get("/v1/dppsByProductId/:uid", (request, response) => {
    const claimants = page.answers.claimants(request.params.uid);
    if (claimants.length === 0) return void response.status(404).json(page.answers.missing);
    response.json({
      claimants: claimants.map((passportId) => ({
        passportId,
        issuer: issuerOf(passportId),
        issuerNames: page.answers.issuerNames(issuerOf(passportId)),
        phase: chain.passports.get(passportId)?.state.phase,
      })),
    });
  });
  app.get("/v1/dpps/:id", (request, response) => void response.json({ passportId: request.params.id }));
  app.post("/rpc", answerRpc);
  const server = await listen(app);

  let ownRequests = 0;
  const own = express();
  own.use((_request, response, next) => {
    response.set({ "access-control-allow-origin": "*", "access-control-allow-headers": "content-type" });
    next();
  });
  own.options("/", (_request, response) => void response.status(204).end());
  own.post("/", express.json(), (request, response) => {
    ownRequests += 1;
    response.json(rpcStub(chain, page.answers.view)(request.body));
  });
  const ownServer = await listen(own);

  const page: PageServer = {
    ...shown,
    url: urlOf(server),
    ownRpcUrl: `${urlOf(ownServer)}/`,
    ownRpcRequests: () => ownRequests,
    answers: honest(),
    tellChange(event) {
      for (const response of streams) response.write(`event: state\ndata: ${JSON.stringify(event)}\n\n`);
      return streams.size;
    },
    reset() {
      page.answers = honest();
      for (const response of silent) response.destroy();
      silent.clear();
    },
    async stop() {
      page.reset();
      for (const each of [server, ownServer]) {
        each.closeAllConnections();
        await new Promise((resolve) => each.close(resolve));
      }
    },
  };
  return page;
}
