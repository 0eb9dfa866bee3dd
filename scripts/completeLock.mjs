#!/usr/bin/env node
// Completes package-lock.json after `npm install`, so that `npm ci` accepts it on every platform.
//
// npm leaves a platform's optional package out of the lock when the registry in use does not carry it, and then
// `npm ci` refuses the lock it wrote ("Missing: … from lock file"). A bare optional entry (version, os, cpu) is all
// that npm needs to skip the package elsewhere and to fetch it where it belongs.
//
// Run: node scripts/completeLock.mjs          writes the missing entries
//      node scripts/completeLock.mjs --check  writes nothing, exit 1 if an entry is missing
import { readFileSync, writeFileSync } from "node:fs";

const OS = {
  linux: "linux",
  darwin: "darwin",
  win32: "win32",
  windows: "win32",
  android: "android",
  freebsd: "freebsd",
};
const CPU = { x64: "x64", amd64: "x64", arm64: "arm64", ia32: "ia32", arm: "arm", ppc64: "ppc64" };

/** The platform that a package name such as `@biomejs/cli-linux-x64-musl` is built for. */
function platformOf(name) {
  const words = name.split("/").pop().split("-");
  const os = words.map((word) => OS[word]).find(Boolean);
  const cpu = words.map((word) => CPU[word]).find(Boolean);
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(words.includes("musl") && { libc: ["musl"] }) };
}

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === "") continue;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${path}/node_modules/${name}`;
    const hoisted = `node_modules/${name}`;
    if (lock.packages[nested] || lock.packages[hoisted] || !/^\d+\.\d+\.\d+/.test(version)) continue;
    const platform = platformOf(name);
    if (!platform.os) continue; // an ordinary optional package: npm resolves it itself
    lock.packages[hoisted] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true };
    added.push(`${name}@${version}`);
  }
}
for (const entry of Object.values(lock.packages)) delete entry.resolved; // the lock names no registry host
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));

if (process.argv.includes("--check")) {
  if (added.length > 0) {
    console.error(`package-lock.json lacks ${added.join(", ")}: run node scripts/completeLock.mjs`);
    process.exit(1);
  }
} else {
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length > 0 ? `added ${added.length}: ${added.join(", ")}` : "the lock is complete");
}
