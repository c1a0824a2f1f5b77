import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settingsFor } from "../src/embedded/postgres-settings.ts";

const quiet = settingsFor("start").filter((argument) => argument.startsWith("log_"));

test.each(["docker-compose.yml", "deploy/compose.tls.yml", "docs/backup.md"])(
  "a Postgres of %s quotes no row and no statement in its log, as ours doesn't: a failed one may be a person's",
  (path) => {
    const text = readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
    expect(quiet).toHaveLength(2);
    for (const setting of quiet) expect(text).toContain(setting);
  },
);
