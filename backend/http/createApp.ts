import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from "express";
import type { Logger } from "pino";
import swaggerUi from "swagger-ui-express";
import { DomainError } from "../domain/errors.ts";
import type { AppDependencies } from "./dependencies.ts";
import { createMetrics } from "./metrics.ts";
import { expressPath, routeHandler } from "./mountRoute.ts";
import { openApiDocument } from "./openApi.ts";
import { pageRouter } from "./pages.ts";
import { type Problem, problemHeaders, problemOf } from "./problems.ts";
import { crossOriginReads, requestLimit, securityHeaders } from "./protections.ts";
import { requestLog } from "./requestLog.ts";
import type { Route } from "./route.ts";
import { accessRoutes } from "./routes/access.ts";
import { attachmentRoutes } from "./routes/attachments.ts";
import { contentRoutes } from "./routes/content.ts";
import { custodyEventRoutes } from "./routes/custodyEvents.ts";
import { dataRecordRoutes } from "./routes/dataRecords.ts";
import { dictionaryRoutes } from "./routes/dictionary.ts";
import { documentMintRoutes } from "./routes/documentMints.ts";
import { dppRoutes } from "./routes/dpps.ts";
import { dppWriteRoutes } from "./routes/dppWrites.ts";
import { eventStreamRoutes } from "./routes/eventStream.ts";
import { handoverRoutes } from "./routes/handovers.ts";
import { holdRoutes } from "./routes/holds.ts";
import { identifierRoutes } from "./routes/identifiers.ts";
import { labelRoutes } from "./routes/labels.ts";
import { operationRoutes } from "./routes/operation.ts";
import { passportRoutes } from "./routes/passports.ts";
import { registryRoutes } from "./routes/registry.ts";
import { ruleRoutes } from "./routes/rules.ts";
import { schemaRoutes } from "./routes/schemas.ts";
import { sessionRoutes } from "./routes/session.ts";

/**
 * The HTTP application: every route, its documentation and its errors. It does not listen.
 * @returns an Express application to hand to `http.createServer(serverLimits, app)`
 */
export function createApp(dependencies: AppDependencies): Express {
  const metrics = createMetrics(dependencies);
  const operation = operationRoutes(dependencies, metrics);
  const routes = [
    ...custodyEventRoutes(dependencies),
    ...documentMintRoutes(dependencies),
    ...eventStreamRoutes(dependencies),
    ...handoverRoutes(dependencies),
    ...holdRoutes(dependencies),
    ...dataRecordRoutes(dependencies),
    ...dppRoutes(dependencies),
    ...dppWriteRoutes(),
    ...dictionaryRoutes(dependencies),
    ...schemaRoutes(),
    ...identifierRoutes(dependencies),
    ...ruleRoutes(),
    ...attachmentRoutes(dependencies),
    ...passportRoutes(dependencies),
    ...labelRoutes(dependencies),
    ...registryRoutes(dependencies),
    ...sessionRoutes(dependencies),
    ...accessRoutes(dependencies),
    ...contentRoutes(dependencies),
  ];
  const document = openApiDocument([...routes, ...operation], dependencies.publicUrl);

  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple"); // no nested objects out of `?a[b]=`
  app.set("trust proxy", dependencies.trustedProxies);
  app.set("strict routing", false);
  app.use(requestLog(dependencies.log), metrics.observe, securityHeaders);
  // Health must answer also when a client floods everything else.
  mount(app, operation, dependencies.maxBodyBytes);
  if (dependencies.servesApi) mountApi();
  app.use(() => {
    throw new DomainError("route-unknown", "There is nothing at this address; see /openapi.json.", {});
  });
  app.use(problemHandler(dependencies));
  return app;

  function mountApi(): void {
    if (dependencies.requestsPerMinute > 0) app.use(requestLimit(dependencies.requestsPerMinute));
    app.get("/openapi.json", crossOriginReads, (_request, response) => void response.json(document));
    mountDocumentation(app);
    app.use(pageRouter());
    mount(app, routes, dependencies.maxBodyBytes);
  }
}

/** Swagger UI at `/docs/` and nowhere below it: left alone it answers its page for any address. */
function mountDocumentation(app: Express): void {
  const page = swaggerUi.setup(null, { swaggerUrl: "/openapi.json" });
  app.get("/docs", (request, response, next) => {
    if (request.path === "/docs/") page(request, response, next);
    else response.redirect(308, "/docs/");
  });
  app.use("/docs", swaggerUi.serve);
}

function mount(app: Express, routes: readonly Route[], maxBodyBytes: number): void {
  const router = Router({ caseSensitive: true });
  for (const [path, atPath] of Map.groupBy(routes, (route) => route.path)) {
    const methods = atPath.flatMap(({ method }) => (method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]));
    const allow = [...methods, "OPTIONS"].join(", ");
    const place = router.route(expressPath(path));
    const shared = atPath.filter((route) => route.crossOrigin).map(({ method }) => method.toUpperCase());
    place.options(answerOptions(allow, shared));
    for (const route of atPath) {
      const handlers = [...(route.crossOrigin ? [crossOriginReads] : []), routeHandler(route, maxBodyBytes)];
      place[route.method](...handlers);
    }
    place.all((_request, response) => {
      response.set("allow", allow);
      throw new DomainError("method-not-allowed", `This address takes ${allow} only.`, { allow });
    });
  }
  app.use(router);
}

/** OPTIONS and CORS preflights. Requests that write are not offered to other origins. */
function answerOptions(allow: string, shared: readonly string[]): RequestHandler {
  return (_request, response) => {
    response.set({ allow, "content-length": "0" });
    if (shared.length > 0) {
      response.set({
        "access-control-allow-origin": "*",
        "access-control-allow-methods": shared.join(", "),
        "access-control-allow-headers": "content-type",
        "access-control-max-age": "600",
      });
    }
    response.status(204).end();
  };
}

/** The last word on every error: RFC 9457, and for faults of ours nothing but that there was one. */
function problemHandler({ publicUrl, log, judgeRefusal }: AppDependencies): ErrorRequestHandler {
  return async (thrown, request, response, next) => {
    const error = request.method === "POST" ? await judgeRefusal(thrown) : thrown;
    if (response.headersSent) return next(error);
    const problem = problemOf(error, publicUrl);
    logProblem(log, problem, error, request.id);
    response.status(problem.status).set(problemHeaders(problem)).type("application/problem+json");
    if (!request.complete) closeAfterAnswer(request, response);
    response.send(JSON.stringify(problem));
  };
}

/** What is put off comes in thousands when there is too much of it, and what waits is counted: a line is enough. */
function logProblem(log: Logger, { status, code }: Problem, error: unknown, reqId: Request["id"]): void {
  if (status === 503) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
    log.warn({ reqId, code, cause }, "a request was put off");
  } else if (status >= 500 && status !== 501) {
    log.error({ err: error, reqId, code }, "a request failed");
  }
}

/**
 * A client that still sends is not listened to for ever: a refused body may have no end. The answer says so, and gets a
 * moment to arrive before the connection goes.
 */
function closeAfterAnswer(request: Request, response: Response): void {
  response.set("connection", "close");
  response.once("finish", () => {
    request.unpipe();
    request.pause();
    setTimeout(() => request.socket.destroy(), 500).unref();
  });
}
