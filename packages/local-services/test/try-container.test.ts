import { expect, onTestFinished, test, vi } from "vitest";
import { type Container, type ContainerPlan, tryContainer } from "../src/containers/try-container.ts";
import { fakeEngine } from "./fake-engine.ts";

const DOCKER_HOST = () => fakeEngine((_, response) => response.writeHead(200).end("OK"));

function container(): Container & { stops: number } {
  const made = {
    url: "redis://made",
    stops: 0,
    restart: async () => made.url,
    async stop() {
      made.stops += 1;
    },
  };
  return made;
}

const planOf = (start: ContainerPlan["start"]): ContainerPlan => ({ image: "redis:0", start });

test("runs the image where an engine answers, and says so", async () => {
  const made = container();
  const attempt = await tryContainer(
    { DOCKER_HOST: await DOCKER_HOST() },
    planOf(async () => made),
  );
  expect(attempt).toMatchObject({
    kind: "started",
    container: made,
    reason: expect.stringMatching(/^the Docker engine at unix:.* runs redis:0$/),
  });
});

test("declines with one line of the reason when the image can be neither had nor pulled, because something else may do", async () => {
  const attempt = await tryContainer(
    { DOCKER_HOST: await DOCKER_HOST() },
    planOf(() => Promise.reject(new Error("no such image\nat registry"))),
  );
  expect(attempt).toEqual({ kind: "declined", reason: expect.stringMatching(/can't run redis:0 \(no such image\)$/) });
});

test("ends a container that comes up after its time, because nobody would", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const made = container();
  const started = Promise.withResolvers<Container>();
  const start = vi.fn(() => started.promise);
  const attempt = tryContainer({ DOCKER_HOST: await DOCKER_HOST() }, planOf(start));
  await vi.waitFor(() => expect(start).toHaveBeenCalled(), { timeout: 10_000 });
  await vi.advanceTimersByTimeAsync(180_000);
  expect(await attempt).toMatchObject({ kind: "declined", reason: expect.stringContaining("not up after 180 s") });
  started.resolve(made);
  await expect.poll(() => made.stops).toBe(1);
});
