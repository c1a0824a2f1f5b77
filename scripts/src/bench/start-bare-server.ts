import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const ready = z.object({ url: z.string() });

/** What the ingress is compared with. It ends with us, however we end. */
export async function startBareServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const child = fork(fileURLToPath(new URL("bare-server.ts", import.meta.url)), [], { execArgv: [] });
  const ended = once(child, "exit");
  const [message] = await Promise.race([once(child, "message"), ended]);
  const { url } = ready.parse(message);
  return {
    url,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
