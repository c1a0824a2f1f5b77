import { randomBytes } from "node:crypto";
import { settingsFor } from "../embedded/postgres-settings.ts";
import { waitUntilPostgresAnswers } from "../query-postgres.ts";
import type { ContainerPlan } from "./try-container.ts";

export const postgresContainer: ContainerPlan = {
  image: "postgres:18-alpine",
  async start({ GenericContainer, Wait }) {
    const password = randomBytes(24).toString("hex");
    const container = await new GenericContainer(this.image)
      .withEnvironment({ POSTGRES_PASSWORD: password, POSTGRES_DB: "receiver" })
      .withCommand(["postgres", ...settingsFor("test")])
      .withExposedPorts(5432)
      // The official image says it twice: the first time of a server for its own preparation, which no port leads to.
      .withWaitStrategy(Wait.forLogMessage("ready to accept connections"))
      .start();
    const url = () =>
      `postgres://postgres:${password}@${container.getHost()}:${container.getMappedPort(5432)}/receiver`;
    await waitUntilPostgresAnswers(url());
    return {
      url: url(),
      stop: async () => void (await container.stop()),
      restart: async () => {
        await container.restart();
        await waitUntilPostgresAnswers(url());
        return url();
      },
    };
  },
};
