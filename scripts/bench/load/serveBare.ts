// An Express route that answers bytes it holds, and does nothing else: what reading could cost at the least.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";

const bytes = Buffer.alloc(Number(process.argv[2]), "x");
const app = express();
app.disable("x-powered-by");
app.get("/bare/:id", (_request, response) => void response.type("application/json").send(bytes));
const server = createServer(app);
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
process.on("SIGTERM", () => process.exit(0));
