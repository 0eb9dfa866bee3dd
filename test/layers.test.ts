import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

/** Which folders of backend/ a folder may import, and what to do instead of importing another. */
const LAYERS: Record<string, { may: readonly string[] | "anything"; instead: string }> = {
  domain: {
    may: [],
    instead: "The domain runs anywhere and knows nobody: hand it what it needs as a parameter.",
  },
  evidence: {
    may: ["domain"],
    instead: "Gathering is portable: take the reader as a function, so that server, command line and page can differ.",
  },
  chain: {
    may: ["domain"],
    instead: "chain, content and storage never know each other: a service brings them together.",
  },
  content: {
    may: ["domain"],
    instead: "chain, content and storage never know each other: a service brings them together.",
  },
  storage: {
    may: ["domain"],
    instead: "chain, content and storage never know each other: a service brings them together.",
  },
  services: {
    may: ["domain", "evidence", "chain", "content", "storage"],
    instead: "A use case knows nothing of HTTP, of workers or of the machine: those call it.",
  },
  http: { may: ["services", "domain"], instead: "A route calls a service: three hops from route to row." },
  workers: { may: ["services", "domain"], instead: "A worker decides when; what is done stands in a service." },
  web: {
    may: ["domain", "evidence", "chain", "content"],
    instead: "The page carries the verifier and its portable readers; everything else it asks for over HTTP.",
  },
  embedded: { may: "anything", instead: "" },
  main: { may: "anything", instead: "" },
};

/** Folders that only wire: whoever imports them turns the direction of the imports round. */
const OUTERMOST = ["embedded", "main"];

/** Packages that a folder must do without, or the only ones it may have. */
const PACKAGES: readonly { folder: string; allowed: RegExp; instead: string }[] = [
  {
    folder: "domain",
    allowed: /^(@noble\/(curves|hashes)\/|canonicalize$|multiformats\/)/,
    instead: "The domain is compiled without Node and DOM: only @noble/*, canonicalize and multiformats are clean.",
  },
  {
    folder: "evidence",
    allowed: /^(@noble\/(curves|hashes)\/|multiformats\/)/,
    instead: "Evidence is gathered in the page too: no Node module and no ethers.",
  },
];

/** What makes a pure function give two answers to one question. */
const IMPURE: readonly { pattern: RegExp; instead: string }[] = [
  { pattern: /\bDate\.now\s*\(/, instead: "take the time as a parameter (unix seconds)" },
  { pattern: /\bnew Date\s*(\(\s*\)|(?!\s*\())/, instead: "take the time as a parameter (unix seconds)" },
  { pattern: /\bMath\.random\s*\(/, instead: "take random bytes as a parameter" },
];

const MOST_LINES = 600;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

function filesBelow(folder: string, ending: RegExp): SourceFile[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/[\\/](node_modules|generated)[\\/]/.test(file))
    .map((file) => ({ path: relative(root, file).split(sep).join("/"), text: readFileSync(file, "utf8") }));
}

/** Blanks comments out, so that a rule may be named where it is explained. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
}

function importsOf(text: string): string[] {
  const found = withoutComments(text).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']/g);
  return [...found].map(([, specifier = ""]) => specifier);
}

/** The sentences of every import rule that this file breaks. */
function brokenImports({ path, text }: SourceFile): string[] {
  const [top = "", folder = ""] = path.split("/");
  if (top !== "backend") return [];
  const layer = LAYERS[folder];
  return importsOf(text).flatMap((specifier) => {
    if (!specifier.startsWith(".")) {
      const rule = PACKAGES.find((candidate) => candidate.folder === folder && !candidate.allowed.test(specifier));
      return rule === undefined ? [] : [`${path} imports ${specifier}. ${rule.instead}`];
    }
    const [targetTop, target = ""] = posix.join(posix.dirname(path), specifier).split("/");
    if (target === folder && targetTop === top) return [];
    if (layer?.may === "anything") return [];
    if (targetTop !== "backend") return [`${path} imports ${specifier}. Nothing imports ${targetTop}/.`];
    if (OUTERMOST.includes(target)) return [`${path} imports ${specifier}. ${target} only wires; nothing imports it.`];
    if (layer === undefined || layer.may.includes(target)) return [];
    return [`${path} imports ${specifier}. ${layer.instead}`];
  });
}

function impurities({ path, text }: SourceFile): string[] {
  const code = withoutComments(text);
  return IMPURE.filter(({ pattern }) => pattern.test(code)).map(({ instead }) => `${path}: ${instead}`);
}

describe("layers", () => {
  const backend = filesBelow("backend", /\.tsx?$/);

  it("lets every folder import only what stands below it", () => {
    expect(backend.flatMap(brokenImports)).to.deep.equal([]);
  });

  it("gives every folder of the backend a place among the layers", () => {
    const folders = readdirSync(join(root, "backend"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => name !== "docs" && !(name in LAYERS))).to.deep.equal([]);
  });

  it("keeps clock and chance out of the domain", () => {
    expect(backend.filter(({ path }) => path.startsWith("backend/domain/")).flatMap(impurities)).to.deep.equal([]);
  });

  it("reads the environment in config.ts alone", () => {
    // embedded hands its own environment on to the programs that it starts; it reads nothing from it.
    const readers = backend.filter(({ path, text }) => {
      return !/^backend\/(config\.ts$|embedded\/|main\/)/.test(path) && /\bprocess\.env\b/.test(withoutComments(text));
    });
    expect(readers.map(({ path }) => path)).to.deep.equal([]);
  });

  it("keeps assembly to the one call that Solidity cannot cap", () => {
    const contracts = filesBelow("contracts", /\.sol$/).filter(({ path }) => !path.startsWith("contracts/test/"));
    const withAssembly = contracts.filter(({ text }) => /\bassembly\b\s*[({"]/.test(withoutComments(text)));
    expect(withAssembly.map(({ path }) => path)).to.deep.equal(["contracts/libraries/SignatureCheck.sol"]);
  });

  it(`keeps every written file below ${MOST_LINES} lines`, () => {
    const written = ["backend", "contracts", "scripts", "test"]
      .flatMap((folder) => filesBelow(folder, /\.(ts|tsx|mjs|sol)$/))
      .filter(({ text }) => !text.startsWith("// Generated"));
    const long = written.filter(({ text }) => text.split("\n").length > MOST_LINES);
    expect(long.map(({ path, text }) => `${path}: ${text.split("\n").length} lines`)).to.deep.equal([]);
  });

  describe("the rules themselves", () => {
    const judge = (path: string, text: string) => brokenImports({ path, text });

    it("name the file, the import and the way out", () => {
      const [sentence] = judge("backend/chain/readers.ts", 'import { x } from "../storage/database.ts";');
      expect(sentence).to.equal(
        "backend/chain/readers.ts imports ../storage/database.ts. " +
          "chain, content and storage never know each other: a service brings them together.",
      );
    });

    for (const [what, path, text] of [
      ["Node in the domain", "backend/domain/a.ts", 'import { readFile } from "node:fs";'],
      ["ethers in the domain", "backend/domain/a.ts", 'import type { Wallet } from "ethers";'],
      ["a service in the domain", "backend/domain/custody/a.ts", 'export * from "../../services/b.ts";'],
      ["storage in a route", "backend/http/routes/a.ts", 'import "../../storage/database.ts";'],
      ["a dynamic import of storage in a worker", "backend/workers/a.ts", 'await import("../storage/database.ts");'],
      ["wiring in a service", "backend/services/a.ts", 'import { b } from "../main/start.ts";'],
      ["scripts in storage", "backend/storage/a.ts", 'import { b } from "../../scripts/test.ts";'],
    ] as const) {
      it(`reject ${what}`, () => expect(judge(path, text)).to.have.length(1));
    }

    it("let a service bring chain and storage together", () => {
      const text = 'import { a } from "../chain/a.ts";\nimport { b } from "../storage/b.ts";\nimport pg from "pg";';
      expect(judge("backend/services/a.ts", text)).to.deep.equal([]);
    });

    it("see the clock in code, and not in a comment or with an argument", () => {
      const judged = (text: string) => impurities({ path: "backend/domain/a.ts", text });
      for (const bad of ["Date.now()", "new Date()", "new Date", "Math.random()"]) {
        expect(judged(`const a = ${bad};`), bad).to.have.length(1);
      }
      expect(judged("// Date.now() is forbidden\nconst a = new Date(seconds * 1000); /* new Date() */")).to.have.length(
        0,
      );
    });
  });

  it("finds the files it judges", () => {
    expect(backend.map(({ path }) => resolve(root, path)).length).to.be.greaterThan(20);
  });
});
