import { migrate } from "@receiver/ledger";

/** `npm run migrate`: brings DATABASE_URL to this version's schema, once, before the apps of this version start. */
const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) {
  console.error("migrate: DATABASE_URL is not set. Set it to postgres://user:password@host:5432/database.");
  process.exitCode = 78; // EX_CONFIG
} else {
  const ran = await migrate(databaseUrl);
  console.log(ran.length > 0 ? `ran ${ran.join(", ")}` : "the schema is up to date");
}
