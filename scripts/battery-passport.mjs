#!/usr/bin/env node
// The package's bin: the command line interface under a Node that can run it.
import { fail, launch } from "./launch.mjs";

launch(["scripts/cli/main.ts", ...process.argv.slice(2)]).catch(fail);
