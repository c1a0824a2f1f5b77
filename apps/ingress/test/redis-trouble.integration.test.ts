import { deliveryIdOf } from "@receiver/ledger/inbox";
import { bytesOf, danaya, describeWithRedisPair, inventFile, type RedisPair, startRedisPair } from "@receiver/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type RunningIngress, runIngress } from "./running-ingress.ts";

describeWithRedisPair("an ingress whose Redis", () => {
  let redis: RedisPair;
  let ingress: RunningIngress;
  beforeEach(async () => {
    redis = await startRedisPair();
    await redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    ingress = await runIngress({ REDIS_URL: redis.url });
  });
  afterEach(async () => {
    await ingress.stop();
    await redis.stop();
  });

  const gauge = async () => {
    const text = await fetch(`${ingress.metricsUrl}/metrics`).then((answer) => answer.text());
    return /^receiver_redis_may_evict\S* (\S+)$/m.exec(text)?.[1];
  };

  it("may evict keys says so in its log and its metrics, and is ready, because it is able to store", async () => {
    await expect
      .poll(() => ingress.log.events("redis-may-evict"))
      .toMatchObject([{ level: "error", err: { code: "REDIS_MAY_EVICT" } }]);
    expect(await gauge()).toBe("1");
    for (const url of [ingress.url, ingress.metricsUrl]) expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const bytes = bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("may vanish")));
    expect((await ingress.post(bytes)).status).toBe(200);
    expect(await ingress.ledger.deliveries.get(deliveryIdOf(bytes))).toMatchObject({ status: "pending" });

    await redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    expect(await gauge()).toBe("0");
    await redis.proxy.cut();
    expect(await gauge()).toBe("Nan");
  });
});
