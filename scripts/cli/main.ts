// `battery-passport`: the command line. The launcher runs it under a Node that can.
import { runCli } from "./program.ts";
import { processTerminal } from "./terminal.ts";

process.exitCode = await runCli(process.argv.slice(2), processTerminal());
