import cliProgress from "cli-progress";

type Standing = { faults: number; requests: number; unsettled: number; notAnswered: number };
export type Progress = { stop(): void };

const LINE_EVERY_MS = 10_000;
const BAR_EVERY_MS = 500;

export type ProgressOptions = { faults: number; look: () => Standing; say(line: string): void; isAlone: boolean };

/** A bar on a terminal that one run has for itself; elsewhere a line now and then. */
export function showProgress({ faults, look, say, isAlone }: ProgressOptions): Progress {
  return process.stdout.isTTY && isAlone ? bar(faults, look) : lines(faults, look, say);
}

function lines(faults: number, look: () => Standing, say: (line: string) => void): Progress {
  const timer = setInterval(() => {
    const { faults: struck, requests, unsettled, notAnswered } = look();
    say(`  ${struck}/${faults} faults, ${requests} requests, ${notAnswered} not answered, ${unsettled} unsettled`);
  }, LINE_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

function bar(faults: number, look: () => Standing): Progress {
  const format =
    "  {bar} {value}/{total} faults | {requests} requests | {notAnswered} not answered | {unsettled} unsettled";
  const single = new cliProgress.SingleBar({ format }, cliProgress.Presets.shades_classic);
  single.start(faults, 0, look());
  const timer = setInterval(() => {
    const standing = look();
    single.update(standing.faults, standing);
  }, BAR_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      single.stop();
    },
  };
}
