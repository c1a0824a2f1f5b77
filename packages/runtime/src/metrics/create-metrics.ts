import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { within } from "../within.ts";
import { boundLabels, type LabelName, type Labels } from "./bound-labels.ts";

/** A gauge whose reading is later than this is left out of the scrape, which must not hang with Redis. */
const READING_LIMIT_MS = 2_000;
/** Seconds. From a local insert to a subscriber's time-out. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

type MetricSpec<L extends LabelName> = { name: `receiver_${string}`; help: string; labels: readonly L[] };
type Reading<L extends LabelName> = { labels: Labels<L>; value: number };

export type Metrics = {
  registry: Registry;
  /** Name it `…_total`. @returns a function that counts. */
  counter<L extends LabelName>(spec: MetricSpec<L>): (labels: Labels<L>, by?: number) => void;
  /** Name it `…_seconds`. @returns a function that takes one duration in seconds. */
  histogram<L extends LabelName>(
    spec: MetricSpec<L> & { buckets?: readonly number[] },
  ): (labels: Labels<L>, seconds: number) => void;
  /** `read` is called at every scrape; when it rejects or is late, the gauge has no values in it. */
  gauge<L extends LabelName>(spec: MetricSpec<L>, read: () => Promise<Reading<L>[]> | Reading<L>[]): void;
};

/** A registry of this process with Node's own metrics. Every series bears the label `app`. */
export function createMetrics({ app }: { app: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ app });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    counter: ({ name, help, labels }) => {
      const bounded = boundLabels(labels);
      const counter = new Counter({ name, help, labelNames: [...labels], registers });
      return (values, by = 1) => counter.inc(bounded(values), by);
    },
    histogram: ({ name, help, labels, buckets = DEFAULT_BUCKETS }) => {
      const bounded = boundLabels(labels);
      const histogram = new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers });
      return (values, seconds) => histogram.observe(bounded(values), seconds);
    },
    gauge: ({ name, help, labels }, read) => {
      const bounded = boundLabels(labels);
      const collect = async () => {
        const readings = await within(READING_LIMIT_MS, read).catch(() => []);
        gauge.reset(); // series that were not read again are gone, not stale
        if (labels.length === 0) gauge.set(Number.NaN); // this one can't go, and the 0 of reset would be a lie
        for (const reading of readings) gauge.set(bounded(reading.labels), reading.value);
      };
      const gauge: Gauge = new Gauge({ name, help, labelNames: [...labels], registers, collect });
    },
  };
}
