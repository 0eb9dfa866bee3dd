import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runQuietly } from "./runNpm.mjs";
import { sayWhile } from "./say.mjs";

const STORAGE = join("backend", "storage");

/**
 * What is derived and not committed, and from what. The contract's ABI and bytecode are committed, so that a start
 * compiles nothing; a stamp beside each product names the sources it was made from.
 */
const PRODUCTS = [
  {
    what: "generating the database client",
    needs: join(STORAGE, "schema.prisma"),
    sources: [join(STORAGE, "schema.prisma"), join(STORAGE, "prisma.config.ts"), "package-lock.json"],
    stamp: join(STORAGE, "generated", ".generated-from"),
    make: (root, node) =>
      runQuietly(
        node,
        [
          join(root, "node_modules", "prisma", "build", "index.js"),
          "generate",
          "--config",
          join(STORAGE, "prisma.config.ts"),
        ],
        {
          cwd: root,
          env: {
            // Prisma would download an engine that generating does not use; any existing file keeps it from that.
            PRISMA_SCHEMA_ENGINE_BINARY: node,
            PRISMA_HIDE_UPDATE_MESSAGE: "1",
            CHECKPOINT_DISABLE: "1",
          },
          failure: "prisma generate failed: the reason stands above.",
        },
      ),
  },
  {
    what: "building the page",
    // Everything else runs as well without it, and a format or a type check should not wait for it.
    showsIn: new Set(["backend/main/start.ts", "scripts/test.ts", "scripts/screenshots.ts", "mocha", "c8"]),
    needs: join("backend", "web", "index.html"),
    // The page carries the verifier and its portable readers.
    sources: [
      join("backend", "web"),
      join("backend", "domain"),
      join("backend", "chain"),
      join("scripts", "buildWeb.ts"),
      "package-lock.json",
    ],
    stamp: join("backend", "web", "dist", ".generated-from"),
    make: (root, node) =>
      runQuietly(node, [join("scripts", "buildWeb.ts")], {
        cwd: root,
        env: {},
        failure: "building the page failed: the reason stands above.",
      }),
  },
];

/**
 * @param {string} root
 * @param {string} program
 * @returns {boolean} whether everything that the program needs was generated from the sources as they are now
 */
export function isGenerated(root, program) {
  return PRODUCTS.every((product) => !isWanted(product, program) || isFresh(root, product));
}

/**
 * Generates what the program needs and what is missing or stale; without a program all of it, whether stale or not.
 * @param {string} root
 * @param {string} node
 * @param {string} [program]
 */
export async function generateCode(root, node, program) {
  for (const product of PRODUCTS) {
    const skipped = program !== undefined && (!isWanted(product, program) || isFresh(root, product));
    if (!existsSync(join(root, product.needs)) || skipped) continue;
    await sayWhile(product.what, product.make(root, node));
    writeFileSync(join(root, product.stamp), stampOf(root, product));
  }
}

const isWanted = ({ showsIn }, program) => showsIn === undefined || showsIn.has(program);

function isFresh(root, product) {
  if (!existsSync(join(root, product.needs))) return true; // nothing to generate from
  try {
    return readFileSync(join(root, product.stamp), "utf8") === stampOf(root, product);
  } catch {
    return false;
  }
}

function stampOf(root, { sources }) {
  const hash = createHash("sha256");
  for (const file of sources.flatMap((source) => filesOf(root, source))) {
    hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

/** A file itself, or every file below a folder, in one order; what is built there is no source. */
function filesOf(root, path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter(({ name }) => name !== "dist")
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(root, join(path, entry.name)) : [join(path, entry.name)]));
}
