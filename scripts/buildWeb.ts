import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build, type InlineConfig, type Rolldown } from "vite";

/**
 * `npm run build:web`: backend/web → backend/web/dist. Two builds of one source: the page that an operator serves
 * (split into files, so that a strict content security policy holds), and verify.html, one file that works from a disk,
 * where browsers block module scripts. The same input gives the same bytes.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const web = join(root, "backend", "web");
const WEB_DIST = join(web, "dist");

/** Compressed, everything that the first view loads: the worker, which is asked for at once, among it. */
export const FIRST_VIEW_LIMIT = 250_000;

const shared: InlineConfig = {
  root: web,
  configFile: false,
  envDir: false,
  logLevel: "warn",
  mode: "production",
  plugins: [react()],
  // Whatever the environment says: a page built in a test run is the page that is served.
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
};

async function buildServed(outDir: string): Promise<void> {
  await build({
    ...shared,
    publicDir: join(web, "public"),
    worker: { format: "es" },
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      // Inlined as data: URLs they would need a wider policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
}

/** Beside every asset its compressed forms, so that the server compresses nothing twice. Browsers take br by https only. */
function compressAssets(folder: string): void {
  const assets = join(folder, "assets");
  for (const name of readdirSync(assets)) {
    const content = readFileSync(join(assets, name));
    writeFileSync(join(assets, `${name}.br`), brotliCompressSync(content));
    writeFileSync(join(assets, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}

async function buildSaved(outDir: string): Promise<void> {
  const output = (await build({
    ...shared,
    publicDir: false,
    build: {
      write: false,
      target: "es2022",
      cssCodeSplit: false,
      reportCompressedSize: false,
      rolldownOptions: { input: join(web, "saved.tsx"), output: { format: "iife" } },
    },
  })) as Rolldown.RolldownOutput;
  const script = output.output.find((part) => part.type === "chunk")?.code ?? "";
  const style = output.output.find((part) => part.type === "asset" && part.fileName.endsWith(".css"));
  writeFileSync(
    join(outDir, "verify.html"),
    savedPage(readFileSync(join(web, "saved.html"), "utf8"), script, style?.type === "asset" ? `${style.source}` : ""),
  );
}

/** The template with everything in it, and a policy that lets nothing else run. */
function savedPage(template: string, script: string, style: string): string {
  // Inside a script element only this sequence ends it (HTML, 13.1.2.6); it can stand in string literals alone.
  const code = script.trim().replaceAll(/<\/(script)/gi, "<\\/$1");
  const css = style.trim();
  const policy = [
    "default-src 'none'",
    `script-src '${sha256(code)}'`,
    `style-src '${sha256(css)}'`,
    "connect-src http: https:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return template
    .replace("<!-- policy -->", () => `<meta http-equiv="Content-Security-Policy" content="${policy}" />`)
    .replace("<!-- style -->", () => `<style>${css}</style>`)
    .replace("<!-- script -->", () => `<script>${code}</script>`);
}

const sha256 = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** Builds both pages into a folder, which is emptied first. */
export async function buildWeb(folder: string = WEB_DIST): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await buildServed(folder);
  compressAssets(folder);
  await buildSaved(folder);
}

/** Sizes of what was built, by file, plain and as gzip, which every browser takes. */
export function builtSizes(
  folder: string = WEB_DIST,
): { readonly file: string; readonly bytes: number; readonly gzipped: number }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => {
      const content = readFileSync(file);
      return {
        file: relative(folder, file),
        bytes: content.length,
        gzipped: gzipSync(content, { level: 9 }).length,
      };
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** What a first visit loads, compressed. */
export const firstViewBytes = (folder: string = WEB_DIST): number =>
  builtSizes(folder)
    .filter(({ file }) => file !== "verify.html")
    .reduce((sum, { gzipped }) => sum + gzipped, 0);

if (import.meta.main) {
  await buildWeb();
  const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  for (const { file, bytes, gzipped } of builtSizes()) {
    console.log(`${file.padEnd(40)} ${kB(bytes).padStart(10)} ${kB(gzipped).padStart(10)} compressed`);
  }
  const first = firstViewBytes();
  console.log(`first view: ${kB(first)} compressed, limit ${kB(FIRST_VIEW_LIMIT)}`);
  if (first > FIRST_VIEW_LIMIT) process.exitCode = 1;
}
