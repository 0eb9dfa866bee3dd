import type { RequestHandler } from "express";
import { rateLimit } from "express-rate-limit";
import helmet from "helmet";
import { DomainError } from "../domain/errors.ts";

/**
 * Security headers. Scripts and styles come from this server alone; pages may ask RPCs and IPFS gateways of the
 * reader's own choice, which is the point of verifying. `frame-ancestors` keeps a verdict from being framed.
 */
export const securityHeaders: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      workerSrc: ["'self'", "blob:"],
      styleSrc: ["'self'", "'unsafe-inline'"], // swagger-ui writes style attributes
      imgSrc: ["'self'", "data:"],
      connectSrc: ["'self'", "https:", "http://localhost:*", "http://127.0.0.1:*"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // A page elsewhere may read public answers: CORS decides, not the resource policy.
  crossOriginResourcePolicy: { policy: "cross-origin" },
  // The server speaks plain HTTP behind a proxy that ends TLS, and that is who may promise HTTPS.
  strictTransportSecurity: false,
});

/**
 * Lets pages of other origins read public answers, so that somebody else's page can verify ours. Never with
 * credentials: there are none to send.
 */
export const crossOriginReads: RequestHandler = (_request, response, next) => {
  response.set({
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "etag, link, retry-after, x-request-id",
  });
  next();
};

/** A bucket per client address. Health checks are mounted before it. */
export function requestLimit(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    handler: (_request, _response, next) => {
      next(new DomainError("rate-limited", "Too many requests from this address; slow down.", { perMinute }));
    },
  });
}
