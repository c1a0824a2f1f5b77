import cliProgress from "cli-progress";

export type Progress = { stop(): void };
type Standing = { sent: number; findings: number; doing: string };

const LINE_EVERY_MS = 10_000;
const BAR_EVERY_MS = 250;

/** A bar on a terminal, elsewhere a line now and then. */
export function showProgress(total: number, look: () => Standing, say: (line: string) => void): Progress {
  return process.stdout.isTTY ? bar(total, look) : lines(total, look, say);
}

function lines(total: number, look: () => Standing, say: (line: string) => void): Progress {
  const timer = setInterval(() => {
    const { sent, findings, doing } = look();
    say(`  ${doing}: ${sent}/${total} sent, ${findings} findings`);
  }, LINE_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

function bar(total: number, look: () => Standing): Progress {
  const format = "  {bar} {value}/{total} | {findings} findings | {doing} | {eta_formatted}";
  const single = new cliProgress.SingleBar({ format }, cliProgress.Presets.shades_classic);
  single.start(total, 0, look());
  const timer = setInterval(() => {
    const standing = look();
    single.update(standing.sent, standing);
  }, BAR_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      single.stop();
    },
  };
}
