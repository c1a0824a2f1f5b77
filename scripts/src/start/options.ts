import { Command, InvalidArgumentError } from "commander";

/** The apps in the order in which they are started; the last one started is the first to be stopped. */
export const apps = [
  "status-worker",
  "retry-worker",
  "notification-worker",
  "reconciliation-worker",
  "ops",
  "ingress",
] as const;
export type App = (typeof apps)[number];
/** How many processes of each app. */
export type Scale = Record<App, number>;

const MAX_PROCESSES = 16;

export function parseStartOptions(argv: readonly string[]): { scale: Scale } {
  const program = new Command("npm start --")
    .description(
      "Brings the pipeline up: Postgres, Redis, every app a process of its own. Stays in the foreground; Ctrl-C stops all it started.",
    )
    .option("--scale <app=n...>", "run an app several times, for example --scale status-worker=3", collectScale)
    .addHelpText("after", environmentHelp);
  program.parse(argv);
  const { scale = {} } = program.opts<{ scale?: Partial<Scale> }>();
  return { scale: { ...(Object.fromEntries(apps.map((app) => [app, 1])) as Scale), ...scale } };
}

function collectScale(value: string, previous: Partial<Scale> = {}): Partial<Scale> {
  const match = /^([a-z-]+)=(\d+)$/.exec(value);
  const app = apps.find((name) => name === match?.[1]);
  const count = Number(match?.[2]);
  if (!app) throw new InvalidArgumentError(`Write app=number; the apps are ${apps.join(", ")}.`);
  if (count > MAX_PROCESSES) throw new InvalidArgumentError(`At most ${MAX_PROCESSES} processes of an app.`);
  if (app === "ops" && count !== 1) throw new InvalidArgumentError("ops listens on one port: it runs once.");
  if (app === "ingress" && count < 1) throw new InvalidArgumentError("without an ingress there is nothing to start.");
  return { ...previous, [app]: count };
}

const environmentHelp = `
Environment (all optional, see .env.example):
  DATABASE_URL   a Postgres of yours; otherwise a real one from npm, data under DATA_DIR
  REDIS_URL      a Redis of yours; otherwise redis-server from the PATH; otherwise BullMQ on Postgres
  DATA_DIR       where data is kept (.data)
  PORT           the public port (3000)
  OPS_PORT       the private port (3001)
  LOG_LEVEL      what the apps print (info)

Then:
  npm run simulate -- --documented    sends Danaya's four documented webhooks`;
