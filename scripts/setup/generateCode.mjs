import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runQuietly } from "./runNpm.mjs";
import { sayWhile } from "./say.mjs";

const STORAGE = join("backend", "storage");
const STAMP = join(STORAGE, "generated", ".generated-from");

/** @param {string} root @returns {boolean} whether the database client was generated from the schema as it is now */
export function isGenerated(root) {
  if (!existsSync(join(root, STORAGE, "schema.prisma"))) return true; // nothing to generate from
  try {
    return readFileSync(join(root, STAMP), "utf8") === stampOf(root);
  } catch {
    return false;
  }
}

/**
 * Generates the database client. (The contract's ABI and bytecode are committed, so that a start compiles nothing.)
 * @param {string} root
 * @param {string} node
 */
export async function generateCode(root, node) {
  const prisma = join(root, "node_modules", "prisma", "build", "index.js");
  await sayWhile(
    "generating the database client",
    runQuietly(node, [prisma, "generate", "--config", join(STORAGE, "prisma.config.ts")], {
      cwd: root,
      env: {
        // Prisma would download an engine that generating does not use; any existing file keeps it from that.
        PRISMA_SCHEMA_ENGINE_BINARY: node,
        PRISMA_HIDE_UPDATE_MESSAGE: "1",
        CHECKPOINT_DISABLE: "1",
      },
      failure: "prisma generate failed: the reason stands above.",
    }),
  );
  writeFileSync(join(root, STAMP), stampOf(root));
}

function stampOf(root) {
  const hash = createHash("sha256");
  for (const file of [join(STORAGE, "schema.prisma"), join(STORAGE, "prisma.config.ts"), "package-lock.json"]) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}
