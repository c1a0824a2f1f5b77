type Stoppable = { stop(): Promise<void> };

export type Stop = {
  /** Remembers what to stop, and hands it back; the last one remembered is stopped first. */
  afterwards<T extends Stoppable>(name: string, started: T): T;
  now(): Promise<void>;
  isStopping(): boolean;
};

/** Stops everything once at SIGTERM or SIGINT, in the reverse order of its start. */
export function stopOnSignal(say: (line: string) => void): Stop {
  const started: { name: string; stop: () => Promise<void> }[] = [];
  let stopping: Promise<void> | null = null;

  const stopAll = async (): Promise<void> => {
    for (const { name, stop } of started.toReversed()) {
      await stop().catch((error: unknown) => {
        process.exitCode = 1;
        say(`${name} did not stop cleanly: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    say("stopped");
  };
  const now = (): Promise<void> => {
    stopping ??= stopAll();
    return stopping;
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (!stopping) say(`${signal}: stopping`);
      void now();
    });
  }
  return {
    afterwards: (name, thing) => {
      const entry = { name, stop: () => thing.stop() };
      // Opened while we were stopping: nobody else will close it.
      if (stopping !== null) void entry.stop();
      else started.push(entry);
      return thing;
    },
    now,
    isStopping: () => stopping !== null,
  };
}
