// A whole server on a database and a chain that exist, as `npm start` runs it, in a process of its own.
import { serve } from "../../../backend/main/serve.ts";

const [environment = "{}"] = process.argv.slice(2);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
serve(JSON.parse(environment));
const { PORT } = JSON.parse(environment) as { PORT: string };
while (
  !(await fetch(`http://127.0.0.1:${PORT}/readyz`)
    .then(({ ok }) => ok)
    .catch(() => false))
) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
process.send?.({ port: Number(PORT) });
