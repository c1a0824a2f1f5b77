import { mkdir, writeFile } from "node:fs/promises";
import { incomingJsonSchemas, outgoingJsonSchema } from "@receiver/contracts";

/** `npm run schemas`: the JSON Schemas of what comes in and what goes out, for those who don't read TypeScript. */
const folder = new URL("../../docs/schemas/", import.meta.url);
await mkdir(folder, { recursive: true });
const schemas = { ...incomingJsonSchemas(), notification: outgoingJsonSchema() };
for (const [name, schema] of Object.entries(schemas)) {
  const file = `${name.toLowerCase().replaceAll("_", "-")}.schema.json`;
  await writeFile(new URL(file, folder), `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`docs/schemas/${file}`);
}
