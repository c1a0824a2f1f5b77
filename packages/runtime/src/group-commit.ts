type Waiting<Item, Result> = {
  item: Item;
  since: number;
  resolve: (result: Result) => void;
  reject: (reason: unknown) => void;
};

export type GroupCommit<Item, Result> = {
  /** Resolves once the batch that holds the item is committed. */
  add(item: Item): Promise<Result>;
  /** Resolves when nothing is waiting or in flight. */
  idle(): Promise<void>;
};

export type GroupCommitOptions<Item, Result> = {
  /** Answers one result per item, in the items' order. */
  commit(items: Item[]): Promise<Result[]>;
  /** Whether one of the items may be the cause. False for what would fail any batch, such as a database that is away. */
  isWorthSplitting(thrown: unknown): boolean;
  sizeOf(item: Item): number;
  /** A batch holds this many items and this much of their sizes; an item that is larger still has a batch of its own. */
  maxItems: number;
  maxSize: number;
  /** While a batch commits the next one fills. More than one at a time keeps what stores them busy in between. */
  batchesInFlight: number;
  /** More than this size in line is refused at once: a store that hangs must not fill the memory. */
  maxWaitingSize: number;
  /** Milliseconds after which whoever waits has given up: what is still in line then is refused, and not committed late. */
  patienceMs: number;
  /** What a refused item is rejected with. */
  refuse(): unknown;
};

/**
 * Batches concurrent calls into one: nobody waits for a timer, a batch is what gathered while the one before was being
 * committed. A batch that fails is halved until the item that spoils it stands alone, so that it fails no other.
 */
export function createGroupCommit<Item, Result>(options: GroupCommitOptions<Item, Result>): GroupCommit<Item, Result> {
  const { commit, isWorthSplitting } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let waitingSize = 0;
  const inFlight = new Set<Promise<void>>();

  const settle = async (batch: Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await commit(batch.map((entry) => entry.item));
      for (const [index, entry] of batch.entries()) entry.resolve(results[index] as Result);
    } catch (thrown) {
      if (batch.length === 1 || !isWorthSplitting(thrown)) {
        for (const entry of batch) entry.reject(thrown);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await settle(batch.slice(0, middle));
      await settle(batch.slice(middle));
    }
  };

  const pump = (): void => {
    while (waiting.length > 0 && inFlight.size < options.batchesInFlight) {
      const count = countFitting(waiting, options);
      const taken = waiting.slice(0, count);
      waiting = waiting.slice(count);
      for (const { item } of taken) waitingSize -= options.sizeOf(item);
      const batch = withoutExpired(taken, options);
      if (batch.length === 0) continue;
      const flight: Promise<void> = settle(batch).finally(() => {
        inFlight.delete(flight);
        pump();
      });
      inFlight.add(flight);
    }
  };

  return {
    add: (item) =>
      new Promise<Result>((resolve, reject) => {
        if (waiting.length > 0 && waitingSize + options.sizeOf(item) > options.maxWaitingSize)
          return reject(options.refuse());
        waitingSize += options.sizeOf(item);
        waiting.push({ item, since: performance.now(), resolve, reject });
        // The requests of one turn of the event loop share a batch.
        if (waiting.length === 1) setImmediate(pump);
      }),
    idle: async () => {
      while (waiting.length > 0 || inFlight.size > 0) {
        await new Promise(setImmediate);
        await Promise.all(inFlight);
      }
    },
  };
}

function withoutExpired<Item, Result>(
  taken: readonly Waiting<Item, Result>[],
  { patienceMs, refuse }: GroupCommitOptions<Item, Result>,
): Waiting<Item, Result>[] {
  const oldest = performance.now() - patienceMs;
  return taken.filter(({ since, reject }) => {
    if (since < oldest) reject(refuse());
    return since >= oldest;
  });
}

/** How many of the first make a batch: one at least. */
function countFitting<Item, Result>(
  waiting: readonly Waiting<Item, Result>[],
  { sizeOf, maxItems, maxSize }: GroupCommitOptions<Item, Result>,
): number {
  let size = 0;
  const exceeding = waiting.slice(0, maxItems).findIndex(({ item }) => {
    size += sizeOf(item);
    return size > maxSize;
  });
  return exceeding === -1 ? Math.min(waiting.length, maxItems) : Math.max(1, exceeding);
}
