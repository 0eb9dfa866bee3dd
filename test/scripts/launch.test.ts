import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect } from "chai";
import { waitUntil } from "../support/waitUntil.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>;
  stdout(): string;
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // nobody of it is left
  }
}

describe("the launcher", function () {
  this.timeout(30_000);
  let project: string;
  const started: ChildProcess[] = [];

  /** A project without dependencies: `npm ci` is real and needs no network. */
  beforeEach(() => {
    project = join(realpathSync(mkdtempSync(join(tmpdir(), "launch "))), "Prüfung 电池");
    mkdirSync(join(project, "scripts"), { recursive: true });
    cpSync(join(root, "scripts", "launch.mjs"), join(project, "scripts", "launch.mjs"));
    cpSync(join(root, "scripts", "setup"), join(project, "scripts", "setup"), { recursive: true });
    cpSync(join(root, "scripts", "battery-passport.mjs"), join(project, "scripts", "battery-passport.mjs"));
    write("package.json", JSON.stringify({ name: "p", version: "1.0.0", type: "module" }));
    writeLock("1.0.0");
    write("hello.ts", 'const who: string = process.argv[2] ?? "nobody";\nconsole.log("hello " + who);\n');
  });
  afterEach(() => {
    for (const { pid } of started.splice(0)) endGroup(pid); // what a failed test left, and whatever that had started
    rmSync(dirname(project), { recursive: true, force: true });
  });

  const write = (name: string, text: string) => writeFileSync(join(project, name), text);
  const writeLock = (version: string) => {
    const self = { name: "p", version };
    write("package-lock.json", JSON.stringify({ ...self, lockfileVersion: 3, requires: true, packages: { "": self } }));
  };

  function launch(...args: string[]): Run {
    // As a person would start it: not from npm, whose variables the launcher looks at.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
    const file = join(project, "scripts", "launch.mjs");
    const child = spawn(process.execPath, [file, ...args], { cwd: tmpdir(), env, detached: true });
    started.push(child);
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => {
      said.stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      said.stderr += chunk;
    });
    const ended = new Promise<Awaited<Run["ended"]>>((resolve) =>
      child.once("close", (code, signal) => resolve({ code, signal, ...said })),
    );
    return { child, ended, stdout: () => said.stdout };
  }

  it("installs what is missing, says so on stderr, and runs the program in a path with a space and other letters", async () => {
    const { code, stdout, stderr } = await launch("hello.ts", "Bär").ended;
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: "hello Bär\n" });
    expect(stderr).to.match(/installing the packages .*\n {2}done in \d+ s\n$/);
  });

  it("says nothing of its own when nothing is to do", async () => {
    await launch("hello.ts").ended;
    expect(await launch("hello.ts").ended).to.include({ code: 0, stdout: "hello nobody\n", stderr: "" });
  });

  it("links the project's own bin, so that npx finds it", async () => {
    await launch("hello.ts").ended;
    const link = join(project, "node_modules", ".bin", "battery-passport");
    expect(realpathSync(link)).to.equal(join(project, "scripts", "battery-passport.mjs"));
  });

  it("installs again when the lock changed, and not when a script of package.json did", async () => {
    await launch("hello.ts").ended;
    write("package.json", JSON.stringify({ name: "p", version: "1.0.0", type: "module", scripts: { x: "y" } }));
    expect((await launch("hello.ts").ended).stderr).to.equal("");
    writeLock("1.0.1");
    expect((await launch("hello.ts").ended).stderr).to.match(/installing/);
  });

  it("lets the second of two starts wait for the first, and installs once", async () => {
    const both = await Promise.all([launch("hello.ts").ended, launch("hello.ts").ended]);
    expect(both.map(({ code }) => code)).to.deep.equal([0, 0]);
    expect(both.filter(({ stderr }) => stderr.includes("installing"))).to.have.length(1);
    expect(existsSync(join(project, ".node", "lock"))).to.equal(false);
  });

  it("takes over the lock of a start that was killed", async () => {
    mkdirSync(join(project, ".node"));
    const gone = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => gone.once("exit", resolve));
    write(join(".node", "lock"), String(gone.pid));
    expect((await launch("hello.ts").ended).code).to.equal(0);
  });

  it("passes the exit code on", async () => {
    write("fails.ts", "process.exit(7);\n");
    expect((await launch("fails.ts").ended).code).to.equal(7);
  });

  it("passes a signal on, and ends as the program ends", async () => {
    write(
      "waits.ts",
      'process.on("SIGTERM", () => process.exit(9));\nsetInterval(() => {}, 1000);\nconsole.log("up");\n',
    );
    const run = launch("waits.ts");
    await waitUntil("the program runs", () => run.stdout().includes("up"));
    run.child.kill("SIGTERM");
    expect((await run.ended).code).to.equal(9);
  });

  it("ends the program politely when the launcher itself is killed by force", async () => {
    const trace = join(project, "trace");
    write(
      "waits.ts",
      'import { writeFileSync } from "node:fs";\n' +
        `process.on("SIGTERM", () => { writeFileSync(${JSON.stringify(trace)}, "stopped"); process.exit(0); });\n` +
        'setInterval(() => {}, 1000);\nconsole.log("up");\n',
    );
    const run = launch("waits.ts");
    await waitUntil("the program runs", () => run.stdout().includes("up"));
    run.child.kill("SIGKILL");
    await waitUntil("the program has stopped", () => existsSync(trace));
    expect(readFileSync(trace, "utf8")).to.equal("stopped");
  });

  it("ends the program politely when npm is killed by force and its shell lives on", async () => {
    const trace = join(project, "trace");
    write(
      "waits.ts",
      'import { writeFileSync } from "node:fs";\n' +
        `process.on("SIGTERM", () => { writeFileSync(${JSON.stringify(trace)}, "stopped"); process.exit(0); });\n` +
        'setInterval(() => {}, 1000);\nconsole.log("up");\n',
    );
    const scripts = { start: "node scripts/launch.mjs waits.ts" };
    write("package.json", JSON.stringify({ name: "p", version: "1.0.0", type: "module", scripts }));
    const npm = spawn("npm", ["start"], { cwd: project, stdio: ["ignore", "pipe", "ignore"], detached: true });
    started.push(npm);
    let said = "";
    npm.stdout.on("data", (chunk) => {
      said += chunk;
    });
    await waitUntil("the program runs", () => /^up$/m.test(said));
    npm.kill("SIGKILL");
    await waitUntil("the program has stopped", () => existsSync(trace));
    expect(readFileSync(trace, "utf8")).to.equal("stopped");
  });

  it("gives its Node to whatever the program starts", async () => {
    write(
      "asks.ts",
      'import { execFileSync } from "node:child_process";\n' +
        'console.log(String(execFileSync("node", ["-p", "process.execPath"])).trim());\n',
    );
    const { stdout } = await launch("asks.ts").ended;
    expect(realpathSync(stdout.trim())).to.equal(realpathSync(process.execPath));
  });

  it("says in one sentence that a program is not there", async () => {
    await launch("hello.ts").ended;
    const { code, stderr } = await launch("nothing.ts").ended;
    expect({ code, stderr }).to.deep.equal({ code: 1, stderr: "There is no program nothing.ts in this project.\n" });
  });

  it("shows what npm said when the lock cannot be installed", async () => {
    mkdirSync(join(project, "other"));
    write(join("other", "package.json"), JSON.stringify({ name: "other", version: "1.0.0" }));
    write("package.json", JSON.stringify({ name: "p", version: "1.0.0", dependencies: { other: "file:./other" } }));
    const { code, stderr } = await launch("hello.ts").ended;
    expect(code).to.equal(1);
    expect(stderr).to.match(/Missing: other@\S* from lock file[\s\S]*npm ci failed: the reason stands above\./);
  });

  it("takes Node 24.3 or newer as it is, and an older one only as the way to the one it fetched", async () => {
    const { suitableNode } = await import(pathToFileURL(join(project, "scripts", "setup", "obtainNode.mjs")).href);
    expect(suitableNode(project, "24.3.0")).to.equal(process.execPath);
    expect(suitableNode(project, "25.0.0")).to.equal(process.execPath);
    expect(suitableNode(project, "24.2.9")).to.equal(undefined);
    expect(suitableNode(project, "20.20.2")).to.equal(undefined);
  });

  it("parses on Node 18: no syntax and no module that it lacks", () => {
    const files = ["launch.mjs", "setup/obtainNode.mjs", "setup/installPackages.mjs", "setup/generateCode.mjs"];
    for (const file of [
      ...files,
      "setup/oneAtATime.mjs",
      "setup/runNpm.mjs",
      "setup/say.mjs",
      "setup/onParentGone.mjs",
    ]) {
      const text = readFileSync(join(root, "scripts", file), "utf8");
      const foreign = [...text.matchAll(/from "([^"]+)"/g)].filter(([, from = ""]) => !/^(node:|\.)/.test(from));
      expect(foreign, file).to.have.length(0);
      // Newer than Node 18, and easily written: import attributes, import.meta.dirname, Promise.withResolvers, using.
      expect(text, file).not.to.match(
        /\bwith \{ type|import\.meta\.(dirname|filename|main)|withResolvers|^\s*(await )?using /m,
      );
    }
  });
});
