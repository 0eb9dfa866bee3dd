import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { REJECTION_REASONS } from "../../backend/domain/custody/rejections.ts";
import { DomainError } from "../../backend/domain/errors.ts";
import { KNOWN_CODES, problemHeaders, problemOf, statusOf } from "../../backend/http/problems.ts";

const backend = fileURLToPath(new URL("../../backend/", import.meta.url));

/** Codes of errors made with a literal, by file. */
function codesIn(folder: string): Map<string, string> {
  const codes = new Map<string, string>();
  for (const entry of readdirSync(join(backend, folder), { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !file.endsWith(".ts") || file.includes("generated")) continue;
    for (const [, code] of readFileSync(file, "utf8").matchAll(/new (?:Domain|Rpc)Error\(\s*"([^"]+)"/g)) {
      codes.set(code as string, file);
    }
  }
  return codes;
}

describe("problems", () => {
  const page = readFileSync(join(backend, "docs/errors.md"), "utf8");
  const documented = [...page.matchAll(/^### (.+)$/gm)].map(([, code]) => code as string);

  it("documents every code in the backend, and each once", () => {
    const made = [...codesIn("."), ...KNOWN_CODES.map((code) => [code, "http/problems.ts"] as const)];
    const missing = made.filter(([code]) => !documented.includes(code)).map(([code, file]) => `${code} (${file})`);
    expect(missing, "add these to backend/docs/errors.md").to.deep.equal([]);
    expect(documented).to.have.length(new Set(documented).size);
    for (const reason of REJECTION_REASONS.slice(1)) expect(documented).to.include(reason);
  });

  it("says for every code why and what to do", () => {
    for (const section of page.split(/^### /m).slice(1)) {
      expect(section).to.match(/^[a-z0-9-]+\n\n[^\n]+\n\nDo: [^\n]+\n/);
    }
  });

  it("gives every code of services and http a status", () => {
    const made = [...codesIn("services"), ...codesIn("http")];
    // A sealed row that does not open is a fault of ours: nothing about it is told.
    const missing = made.filter(([code]) => statusOf(code) === undefined && code !== "disclosure-unreadable");
    expect(missing).to.deep.equal([]);
    for (const reason of REJECTION_REASONS.slice(1)) expect(statusOf(reason), reason).to.be.a("number");
  });

  it("tells code, sentence and values of a known error", () => {
    const error = new DomainError("stale-head", "Item 0 cannot be taken.", { declined: 5n });
    expect(problemOf(error, "https://op.example")).to.include({
      type: "https://op.example/docs/errors#stale-head",
      status: 409,
      code: "stale-head",
      detail: "Item 0 cannot be taken.",
      statusCode: "ClientResourceConflict",
    });
    expect(problemOf(error, "").values).to.deep.equal({ declined: "0x5" });
  });

  it("tells nothing about an unknown error, nor about one of ours without a status", () => {
    const faults = [
      new Error("password=hunter2"),
      "thrown text",
      new DomainError("log-malformed", "secret", { key: "k" }),
    ];
    for (const fault of faults) {
      const text = JSON.stringify(problemOf(fault, ""));
      expect(text).to.contain("internal-error");
      expect(text).not.to.match(/hunter2|thrown|secret|"k"/);
    }
  });

  it("says 503 and Retry-After for trouble with the database, wherever it is wrapped", () => {
    for (const code of ["ECONNREFUSED", "EMFILE", "53100", "40001", "P2024"]) {
      const cause = Object.assign(new Error(`connect ${code} 10.0.0.7:5432`), { code });
      const problem = problemOf(new Error("query failed", { cause }), "");
      expect(problem, code).to.include({ status: 503, code: "database-unavailable" });
      expect(problemHeaders(problem)).to.have.property("retry-after");
      expect(JSON.stringify(problem)).not.to.contain("10.0.0.7");
    }
  });
});
