import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@receiver/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkEnvironment } from "../../src/start/check-environment.ts";
import { developmentValues } from "../../src/start/development-values.ts";
import { expectFreePorts } from "../../src/start/ports.ts";
import { describeRun } from "../../src/start/summary.ts";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "receiver-values-"));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const urls = { ingressUrl: "http://127.0.0.1:41234", opsUrl: "http://127.0.0.1:41235", metricsUrls: {} };

async function summaryOf(env: NodeJS.ProcessEnv) {
  const values = await developmentValues(env, dataDir);
  const line = describeRun(urls, values).find((text) => text.includes("Webhook URL"));
  return { line: line?.trim().replace(/^Webhook URL +/, ""), env: values.env };
}

describe("the webhook URL that npm start prints", () => {
  test("is where the ingress listens, because with PORT=0 only the ingress knows the port", async () => {
    const { line, env } = await summaryOf({ PORT: "0", DANAYA_WEBHOOK_TOKENS: "tok-a,tok-b" });
    expect(line).toBe("http://127.0.0.1:41234/webhooks/danaya/tok-a");
    expect(env).not.toHaveProperty("PUBLIC_URL");
    expect(env).not.toHaveProperty("PRINT_WEBHOOK_URL");
  });

  test("is the public one where it is given, as the ingress prints it: two lines must not contradict each other", async () => {
    const given = { PUBLIC_URL: "https://receiver.example.org/base/", DANAYA_WEBHOOK_TOKENS: ", new:tok-a,old:tok-b" };
    const { line, env } = await summaryOf(given);
    expect(line).toBe("https://receiver.example.org/base/webhooks/danaya/tok-a");
    expect(env).toMatchObject({ PRINT_WEBHOOK_URL: "1" });
    expect((await summaryOf({ ...given, PRINT_WEBHOOK_URL: "0" })).env).toMatchObject({ PRINT_WEBHOOK_URL: "0" });
  });
});

describe("before any server is started", () => {
  test("every mistake in the environment is told of together, without its value", () => {
    const wrong = { PORT: "http", PUBLIC_URL: "receiver.example.org", DANAYA_WEBHOOK_TOKENS: "s3cret/" };
    const thrown = problemOf(() => checkEnvironment(wrong));
    expect(thrown).toBeInstanceOf(ConfigError);
    const told = (thrown as ConfigError).describe();
    for (const variable of Object.keys(wrong)) expect(told).toContain(variable);
    expect(told).not.toContain("s3cret");
  });

  test("short tokens and empty variables are no mistake", () => {
    expect(() => checkEnvironment({ DANAYA_WEBHOOK_TOKENS: "tok-a,tok-b", REDIS_URL: "" })).not.toThrow();
  });

  test("two processes on one port are refused, because both ports are free until the first one listens", async () => {
    await expect(expectFreePorts({ PORT: "3001" }, { ingress: 1 })).rejects.toThrow("PORT and OPS_PORT are both 3001");
    await expect(expectFreePorts({ PORT: "0", OPS_PORT: "0" }, { ingress: 1 })).resolves.toBeUndefined();
    const two = expectFreePorts({ PORT: "0", OPS_PORT: "0" }, { ingress: 2 });
    await expect(two).rejects.toThrow("Set PORT, so that they share one");
  });
});

function problemOf(run: () => void): unknown {
  try {
    run();
    return null;
  } catch (thrown) {
    return thrown;
  }
}

describe("what bodies are sealed with", () => {
  test("is made once, and only its public half is for the ingress", async () => {
    const { sealing } = await developmentValues({}, dataDir);
    expect((await developmentValues({}, dataDir)).sealing).toEqual(sealing);
    expect(sealing.readers.MASTER_KEYS).toMatch(/^development-/);
    expect(sealing.others).toMatchObject({
      SEALING_PUBLIC_KEY: expect.stringMatching(/^development-[0-9a-f]{6}:pub\./),
      MASTER_KEYS: "",
    });
    expect(JSON.stringify(sealing.others)).not.toContain(sealing.readers.MASTER_KEYS.split(":")[1]);
  });

  test("is the user's where it is given, and nothing where it is said that nothing is sealed", async () => {
    const MASTER_KEYS = `mine:${Buffer.alloc(32, 1).toString("base64url")}`;
    const given = (await developmentValues({ MASTER_KEYS }, dataDir)).sealing;
    expect(given).toMatchObject({ masterKeys: MASTER_KEYS, readers: { MASTER_KEYS } });
    const off = (await developmentValues({ ENCRYPT_AT_REST: "never" }, dataDir)).sealing;
    expect(off).toMatchObject({ masterKeys: null, readers: { MASTER_KEYS: "" }, others: { SEALING_PUBLIC_KEY: "" } });
  });

  test("is refused where the public key is of none of the master keys, because no app could open what it seals", async () => {
    const [mine, older, foreign] = [1, 2, 3].map(
      (fill) => `mine-${fill}:${Buffer.alloc(32, fill).toString("base64url")}`,
    );
    const publicKeyOf = async (MASTER_KEYS = "") => {
      const { sealing } = await developmentValues({ MASTER_KEYS }, dataDir);
      return { SEALING_PUBLIC_KEY: sealing.others.SEALING_PUBLIC_KEY };
    };
    const keys = { MASTER_KEYS: `${mine},${older}` };
    const refused = developmentValues({ ...keys, ...(await publicKeyOf(foreign)) }, dataDir);
    await expect(refused).rejects.toMatchObject({ problems: [{ variable: "SEALING_PUBLIC_KEY" }] });
    const rotating = await publicKeyOf(older);
    expect((await developmentValues({ ...keys, ...rotating }, dataDir)).sealing.others).toMatchObject(rotating);
  });
});
