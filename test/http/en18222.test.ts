import { createRequire } from "node:module";
import { expect } from "chai";
import { dppIdOf } from "../../backend/domain/identifiers/dppId.ts";
import {
  type Built,
  buildHandover,
  buildMint,
  DEPLOYMENT,
  FLEET,
  NOW,
  nextUid,
  PRODUCER,
  passportOf,
  projectEvent,
} from "../services/world.ts";
import { type Answer, problemCode, startServer, type TestServer } from "./server.ts";
import { hasStandardApi, readStandardApi, type StandardOperation, type StandardParameter } from "./standardApi.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const { expand } = createRequire(import.meta.url)("jsonld") as {
  expand: (document: object, options: object) => Promise<readonly Readonly<Record<string, unknown>>[]>;
};

describe("EN 18222", () => {
  let server: TestServer;
  let mint: Built;
  let handover: Built;
  let uid: string;
  let dppId: string;

  before(async () => {
    server = await startServer();
    uid = nextUid();
    mint = buildMint(uid, PRODUCER, {}, { batteryCode: "001PE240000003B3C0221953", level: "pack" });
    handover = buildHandover(PRODUCER, FLEET, [mint]);
    await land(mint, 10);
    await land(handover, 30);
    dppId = dppIdOf(DEPLOYMENT, passportOf(mint));
  });
  after(() => server.close());

  /** Puts an event on the chain as the follower would see it, with its records known here. */
  async function land(built: Built, block: number): Promise<void> {
    expect((await server.post("/v1/custody-events", built.submission)).status).to.equal(202);
    await projectEvent(server.world.database, built, block);
  }

  const address = (rest = "") => `/v1/dpps/${encodeURIComponent(dppId)}${rest}`;
  const element = (path: string, query = "") => server.get(address(`/elements/${encodeURIComponent(path)}${query}`));

  describe("by its own OpenAPI document", () => {
    if (!hasStandardApi) {
      it("skipped: the document is not on this machine; INTEROP_DIR names its folder");
      return;
    }
    const { operations, complaints } = readStandardApi();
    const reads = operations.filter(({ operationId }) => operationId.startsWith("read"));
    const writes = operations.filter((operation) => !reads.includes(operation));

    const GOOD: Readonly<Record<string, () => string>> = {
      dppId: () => dppId,
      productId: () => uid,
      elementIdPath: () => "$.model.mass",
      date: () => new Date((NOW + 15) * 1000).toISOString(),
    };

    /** Calls an operation with good values for all that it demands, but for those given; undefined leaves one out. */
    const call = (
      { method, path, parameters }: StandardOperation,
      values: Readonly<Record<string, string | undefined>>,
      body: unknown = { productIds: [uid, "urn:nobody:1"] },
    ): Promise<Answer> => {
      const given = ({ name, required }: StandardParameter) =>
        Object.hasOwn(values, name) ? values[name] : required ? GOOD[name]?.() : undefined;
      const query = new URLSearchParams();
      let place = path;
      for (const parameter of parameters) {
        const value = given(parameter);
        if (parameter.in === "path") place = place.replace(`{${parameter.name}}`, encodeURIComponent(value ?? ""));
        else if (value !== undefined) query.set(parameter.name, value);
      }
      const target = `${place}?${query}`;
      return method === "post" ? server.post(target, body) : server.get(target, { method: method.toUpperCase() });
    };

    /** Fails unless the status is documented and the body is as its schema says. */
    const requireAsDocumented = async ({ answers }: StandardOperation, answer: Answer, schema?: string) => {
      const body = await answer.json();
      const context = `${answer.status} ${JSON.stringify(body)}`;
      expect([...answers.keys()], context).to.include(answer.status);
      const name = schema ?? answers.get(answer.status);
      if (name !== undefined) expect(complaints(name, body), context).to.equal(null);
      return body;
    };

    it("reads by five operations and writes by five", () => {
      expect(reads.map(({ operationId }) => operationId).sort()).to.deep.equal([
        "readDPPById",
        "readDPPByProductId",
        "readDPPIdsByProductIds",
        "readDPPVersionByIdAndDate",
        "readDataElement",
      ]);
      expect(writes).to.have.length(5);
    });

    for (const operation of reads) {
      const { operationId, parameters } = operation;
      const isPassport = operation.answers.get(200) === "DigitalProductPassport";
      const representation = parameters.find(({ name }) => name === "representation");

      it(`${operationId} answers what it documents`, async () => {
        const answer = await call(operation, {});
        expect(answer.status).to.equal(200);
        // The document's oneOf cannot tell its two representations apart; the flag does.
        await requireAsDocumented(operation, answer, isPassport ? "DigitalProductPassportCompressed" : undefined);
      });

      for (const form of representation?.schema.enum ?? []) {
        it(`${operationId} answers in the ${form} representation`, async () => {
          const answer = await call(operation, { representation: form });
          expect(answer.status).to.equal(200);
          const name = form === "full" ? "DigitalProductPassportFull" : "DigitalProductPassportCompressed";
          const body = await requireAsDocumented(operation, answer, isPassport ? name : undefined);
          if (form === "full" && isPassport) expect(body.elements.length).to.be.greaterThan(1);
          if (form === "full" && !isPassport) expect(body).to.have.property("objectType");
        });
      }

      for (const parameter of parameters) {
        for (const [what, value] of wrongValues(parameter)) {
          it(`${operationId} refuses ${what} as documented`, async () => {
            const answer = await call(operation, { [parameter.name]: value });
            expect(answer.status).to.be.oneOf([400, 404]);
            await requireAsDocumented(operation, answer);
          });
        }
      }
    }

    it("readDPPIdsByProductIds takes every limit that is documented, and pages to the end", async () => {
      const operation = reads.find(({ operationId }) => operationId === "readDPPIdsByProductIds") as StandardOperation;
      for (const limit of ["1", "1000", "99999999"]) {
        const page = await requireAsDocumented(operation, await call(operation, { limit }));
        expect(page.dppIds).to.deep.equal([dppId]);
        expect(page).not.to.have.property("nextCursor");
      }
    });

    for (const [what, body] of [
      ["no product ids", { productIds: [] }],
      ["product ids that are no list", { productIds: "urn:nobody:1" }],
      ["a product id of no scheme", { productIds: ["no identifier"] }],
      ["a body without its field", {}],
    ] as const) {
      it(`readDPPIdsByProductIds refuses ${what} as documented`, async () => {
        const operation = reads.find((one) => one.operationId === "readDPPIdsByProductIds") as StandardOperation;
        const answer = await call(operation, {}, body);
        expect(answer.status).to.equal(400);
        await requireAsDocumented(operation, answer);
      });
    }

    for (const operation of writes) {
      it(`${operation.operationId} is answered as not implemented, with the way there is`, async () => {
        const answer = await call(operation, {}, {});
        const problem = await requireAsDocumented(operation, answer);
        expect(answer.status).to.equal(501);
        expect(problem.statusCode).to.equal("ServerNotImplemented");
        expect(problem.detail).to.match(/custody-events|registry of the Union/);
      });
    }

    it("answers methods that no operation has with 405 and those there are", async () => {
      const answer = await server.get("/v1/dpps", { method: "PUT" });
      expect(answer.headers.get("allow")).to.equal("POST, OPTIONS");
      expect(await problemCode(answer, 405)).to.equal("method-not-allowed");
    });
  });

  describe("data elements", () => {
    it("are read by every way to write one place", async () => {
      for (const path of ["$.model.mass", "$['model']['mass']", '$["model"] [ "mass" ]', "$['\\u006dodel'].mass"]) {
        expect(await (await element(path)).json(), path).to.deep.equal({
          elementId: "mass",
          valueDataType: "xsd:decimal",
          value: "304",
          unit: "kg",
        });
      }
    });

    it("name their type and their term of the dictionary in the full representation", async () => {
      const mass = await (await element("$.model.mass", "?representation=full")).json();
      expect(mass).to.include({
        objectType: "SingleValuedDataElement",
        dictionaryReference: "https://operator.example/v1/dictionary/1#model.mass",
      });
      const { terms } = await (await server.get("/v1/dictionary/1")).json();
      expect(terms.map((term: { id: string }) => term.id)).to.include(mass.dictionaryReference);
    });

    it("are not searched for: a path that may name several places is refused by name", async () => {
      for (const path of ["$..*", "$.model.*", "$.model[?@.unit]"]) {
        expect(await problemCode(await element(path), 400), path).to.equal("json-path-not-singular");
      }
      for (const path of ["model.mass", "$.model.", "$[model]"]) {
        expect(await problemCode(await element(path), 400), path).to.equal("json-path-malformed");
      }
    });

    it("are never withheld ones, nor what the language adds to objects", async () => {
      for (const path of [
        "$.condition",
        "$._sd",
        "$.model.__proto__",
        "$.constructor",
        "$.contentSpecificationIds.length",
      ]) {
        expect(await problemCode(await element(path), 404), path).to.equal("element-unknown");
      }
    });
  });

  describe("media types", () => {
    it("are JSON, JSON-LD and HTML from one address", async () => {
      const typeFor = async (accept: string) => {
        const answer = await server.get(address(), { headers: { accept } });
        await answer.text();
        expect(answer.headers.get("vary")).to.match(/accept/i);
        return answer.headers.get("content-type")?.split(";")[0];
      };
      expect(await typeFor("application/json")).to.equal("application/json");
      expect(await typeFor("*/*")).to.equal("application/json");
      expect(await typeFor("application/ld+json")).to.equal("application/ld+json");
      expect(await typeFor("application/ld+json, text/html;q=0.5")).to.equal("application/ld+json");
      expect(await typeFor("application/xml")).to.equal("application/json");
      expect(await typeFor(BROWSER)).to.equal("text/html");
    });

    for (const form of ["compressed", "full"]) {
      it(`let the ${form} representation expand without a network, and drop nothing`, async () => {
        const answer = await server.get(address(`?representation=${form}`), {
          headers: { accept: "application/ld+json" },
        });
        const options = {
          safe: true,
          documentLoader: (url: string) => Promise.reject(new Error(`no network: ${url}`)),
        };
        const [node] = await expand(await answer.json(), options);
        expect(node).to.include({ "@id": dppId });
        expect(node?.["@type"]).to.deep.equal(["https://operator.example/v1/dictionary/1#DigitalProductPassport"]);
        const place = form === "full" ? "elements" : "model";
        expect(node).to.have.property(`https://operator.example/v1/dictionary/1#${place}`);
      });
    }

    it("let plain JSON name the context that gives it the same meaning", async () => {
      const plain = await server.get(address());
      const [, context] = /^<https:\/\/operator\.example(.+)>; rel="http:\/\/www\.w3\.org\/ns\/json-ld#context"/.exec(
        plain.headers.get("link") ?? "",
      ) as RegExpExecArray;
      const served = await server.get(context as string);
      expect(served.headers.get("content-type")).to.equal("application/ld+json");
      const linked = await (await server.get(address(), { headers: { accept: "application/ld+json" } })).json();
      expect((await served.json())["@context"]).to.deep.equal(linked["@context"]);
    });
  });

  describe("caching", () => {
    const tagOf = async (path: string, init?: RequestInit) =>
      (await server.get(path, init)).headers.get("etag") as string;

    it("goes by the head: whoever has the document is told only that it holds", async () => {
      const tag = await tagOf(address());
      expect(tag).to.match(new RegExp(`^"${handover.heads[0]?.slice(2)}\\.[0-9a-f]{16}"$`));
      const again = await server.get(address(), { headers: { "if-none-match": tag } });
      expect(again.status).to.equal(304);
      expect(await again.text()).to.equal("");
      expect(again.headers.get("etag")).to.equal(tag);
      expect(again.headers.get("cache-control")).to.equal("public, no-cache");
    });

    it("never takes one form of the document for another", async () => {
      const tags = await Promise.all([
        tagOf(address()),
        tagOf(address("?representation=full")),
        tagOf(address(), { headers: { accept: "application/ld+json" } }),
        tagOf(address("/elements/%24.model")),
        tagOf(`/v1/dppsByProductId/${encodeURIComponent(uid)}`),
      ]);
      expect(new Set(tags)).to.have.length(tags.length);
    });

    it("ends with a custody event, and with a claimant of the same product", async () => {
      const [own, product] = [await tagOf(address()), `/v1/dppsByProductId/${encodeURIComponent(uid)}`];
      const before = await tagOf(product);
      const rival = buildMint(uid, 6);
      await land(rival, 35);
      expect(await tagOf(address())).to.equal(own);
      expect(await tagOf(product)).not.to.equal(before);
      const next = buildHandover(FLEET, 3, [handover]);
      await projectEvent(server.world.database, next, 36);
      expect(await tagOf(address())).not.to.equal(own);
      expect((await server.get(address(), { headers: { "if-none-match": own } })).status).to.equal(200);
    });
  });
});

/** Values outside what a parameter's schema allows, and what is wrong with them. */
function wrongValues({ name, in: place, required, schema, format }: StandardParameter): [string, string | undefined][] {
  if (place === "path") return [[`a ${name} of no known form`, "no such thing"]];
  const wrong: [string, string | undefined][] = [];
  if (required) wrong.push([`a missing ${name}`, undefined]);
  if (schema.enum) wrong.push([`an unknown ${name}`, "halfway"]);
  if (schema.minimum !== undefined) wrong.push([`a ${name} below its minimum`, String(schema.minimum - 1)]);
  if (schema.type === "integer") wrong.push([`a ${name} that is no number`, "many"]);
  if (schema.type === "string" && !schema.enum) wrong.push([`an empty ${name}`, ""]);
  if (format === "date-time")
    wrong.push([`a ${name} in words`, "yesterday"], [`a ${name} that does not exist`, "2027-02-30T00:00:00Z"]);
  return wrong;
}
