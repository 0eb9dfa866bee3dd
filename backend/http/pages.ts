import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import express, { type RequestHandler, Router } from "express";
import { preferredMedium } from "./mediaType.ts";

/** Where `npm run build:web` puts the page. */
const BUILT_PAGE = join(import.meta.dirname, "..", "web", "dist");

/**
 * Nothing but the page's own files runs or is shown. It may ask any RPC that its visitor names, also one on plain http
 * in the visitor's own network: browsers forbid that themselves to a page that came by https.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' http: https:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Addresses that are a passport to a program and a page to a person: EN 18222, and GS1 Digital Link as printed. */
const SHARED_ADDRESSES = ["/v1/dpps/:dppId", "/v1/dppsByProductId/:productId", "/01/*path"];

/**
 * The public page: for browsers, which ask for HTML, at the very addresses that answer JSON to everybody else. Does
 * nothing where the page has not been built.
 */
export function pageRouter(folder: string = BUILT_PAGE): Router {
  const router = Router({ caseSensitive: true });
  const file = join(folder, "index.html");
  if (!existsSync(file)) return router;
  const html = readFileSync(file, "utf8");
  const page: RequestHandler = (_request, response) => {
    response.set({ "content-security-policy": PAGE_POLICY, "permissions-policy": "camera=(self)" });
    // The names of everything it loads change with their content; the page itself must not outlive them.
    response.set("cache-control", "no-cache").type("html").send(html);
  };
  router.get("/", page);
  router.get(SHARED_ADDRESSES, (request, response, next) => {
    response.vary("accept");
    if (preferredMedium(request) === "html") page(request, response, next);
    else next();
  });
  const assets = join(folder, "assets");
  router.get("/assets/:name", compressedAsset(assets));
  router.use("/assets", express.static(assets, { ...FOR_EVER, index: false }));
  router.get("/icon.svg", (_request, response) => response.sendFile("icon.svg", { root: folder, maxAge: "1d" }));
  // To be saved, not to be run here: then it no longer depends on this server.
  router.get("/verify.html", (_request, response) =>
    response.attachment("verify.html").sendFile("verify.html", { root: folder, maxAge: 0 }),
  );
  return router;
}

/** Assets are named by their content. */
const FOR_EVER = { immutable: true, maxAge: "1y" } as const;

/** Serves what the build has compressed, where the client takes it: a third of the bytes over a phone's network. */
function compressedAsset(root: string): RequestHandler<{ name: string }> {
  const built = new Set(existsSync(root) ? readdirSync(root) : []);
  return (request, response, next) => {
    const { name } = request.params;
    response.vary("accept-encoding");
    const encoding = request.acceptsEncodings(["br", "gzip"]);
    const file = `${name}.${encoding === "gzip" ? "gz" : encoding}`;
    if (!built.has(file)) return next();
    response.set("content-encoding", encoding as string).type(extname(name));
    response.sendFile(file, { root, ...FOR_EVER });
  };
}
