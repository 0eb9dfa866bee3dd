import { createInterface } from "node:readline/promises";
import { usage } from "./failure.ts";

/** Where a command reads and writes: the process's own, or a test's. */
export type Terminal = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks a person; null where nobody sits there. `secret`: what is typed is not shown. */
  readonly ask: ((question: string, secret: boolean) => Promise<string>) | null;
};

/** The terminal of this process. Questions go to stderr, so that stdout stays what was asked for. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", requireReaderGone);
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    environment: process.env,
    ask: process.stdin.isTTY ? (question, secret) => (secret ? askSecret(question) : askLine(question)) : null,
  };
}

/** A reader that has seen enough, such as `head`, stops nothing: what was asked for is done, and the exit code tells how it went. */
function requireReaderGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

async function askLine(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

const CTRL_C = "\u0003";
const BACKSPACE = new Set(["\u007f", "\b"]);

async function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  try {
    let typed = "";
    for await (const chunk of stdin) {
      for (const character of String(chunk)) {
        if (character === "\r" || character === "\n") return typed;
        if (character === CTRL_C) throw usage("Interrupted.");
        typed = BACKSPACE.has(character) ? typed.slice(0, -1) : typed + character;
      }
    }
    return typed;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}

/** What a command says: one result on stdout, and on stderr what it is doing meanwhile. */
export type Output = {
  /** The result: `text` for people, `json` with --json. */
  readonly result: (json: unknown, text: string) => void;
  readonly progress: (line: string) => void;
};

export function outputTo(terminal: Terminal, json: boolean): Output {
  return {
    result: (value, text) => terminal.out(`${json ? JSON.stringify(value, null, 2) : text}\n`),
    progress: (line) => terminal.err(`${line}\n`),
  };
}
