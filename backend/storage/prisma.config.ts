// Where Prisma finds the schema; the connection is given at run time. Used as
// `prisma generate --config backend/storage/prisma.config.ts`.
import { defineConfig } from "prisma/config";

// biome-ignore lint/style/noDefaultExport: Prisma looks for the default export
export default defineConfig({ schema: "schema.prisma", migrations: { path: "migrations" } });
