import type { Logger } from "../logging/create-logger.ts";

/** What a process opens. `close` is told how many milliseconds are left; it may ignore that. */
export type Closable = { close(graceMs: number): unknown };

export type OpenResources = {
  /** Remembers what was opened, and hands it back. */
  opened<T extends Closable>(name: string, resource: T): T;
  /** One after the other, the last one opened first; one that fails to close is logged and holds up nobody. Never rejects. */
  closeAll(deadline: number): Promise<void>;
  /** Names of those not closed yet, in the order of opening. */
  stillOpen(): string[];
};

export function trackResources(logger: Logger): OpenResources {
  const open: { name: string; resource: Closable }[] = [];
  const closeOne = async (name: string, resource: Closable, deadline: number) => {
    try {
      await resource.close(Math.max(0, deadline - Date.now()));
    } catch (err) {
      logger.error({ event: "close-failed", resource: name, err });
    }
  };
  return {
    opened: (name, resource) => {
      open.push({ name, resource });
      return resource;
    },
    closeAll: async (deadline) => {
      for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
        await closeOne(last.name, last.resource, deadline);
        open.splice(open.indexOf(last), 1); // something may have been opened meanwhile
      }
    },
    stillOpen: () => open.map(({ name }) => name),
  };
}
