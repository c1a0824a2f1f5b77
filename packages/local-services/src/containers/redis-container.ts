import { randomBytes } from "node:crypto";
import { waitUntilRedisAnswers } from "../send-to-redis.ts";
import type { ContainerPlan } from "./try-container.ts";

export const redisContainer: ContainerPlan = {
  image: "redis:8-alpine",
  async start({ GenericContainer, Wait }) {
    const password = randomBytes(24).toString("hex");
    const durable = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"];
    const container = await new GenericContainer(this.image)
      .withCommand(["redis-server", "--requirepass", password, ...durable])
      .withExposedPorts(6379)
      .withWaitStrategy(Wait.forLogMessage("Ready to accept connections"))
      .start();
    const url = () => `redis://:${password}@${container.getHost()}:${container.getMappedPort(6379)}`;
    await waitUntilRedisAnswers(url());
    return {
      url: url(),
      stop: async () => void (await container.stop()),
      restart: async () => {
        await container.restart();
        await waitUntilRedisAnswers(url());
        return url();
      },
    };
  },
};
