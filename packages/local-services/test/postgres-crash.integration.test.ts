import { expect, onTestFinished, test } from "vitest";
import { startEmbeddedPostgres } from "../src/embedded/start-embedded-postgres.ts";
import { queryPostgres } from "../src/index.ts";

// The chaos suite crashes this very server and asks what was lost: then the answer has to be of the product, not of the settings.
test("a test's server, which forces nothing to disk, loses nothing that it has committed when it alone crashes", async () => {
  const postgres = await startEmbeddedPostgres(
    { env: {}, mode: "test", dataDir: "/nonexistent", log: () => undefined },
    "tested",
  );
  onTestFinished(postgres.stop);
  await queryPostgres(postgres.url, "create table kept (answer integer)");
  await queryPostgres(postgres.url, "insert into kept values (42)");
  await postgres.restart();
  expect(await queryPostgres(postgres.url, "select answer from kept")).toEqual([{ answer: 42 }]);
});
