import { plural } from "../../src/text/numbers.js";
import cliProgress from "cli-progress";
import type { ComparisonPlan } from "./comparison.js";

/** Shows a comparison's progress on stderr: a bar on a terminal, otherwise one line at its start. */
export interface BenchProgress {
  start: (plan: ComparisonPlan, runs: number) => void;
  /** Called when a run of a side begins; run 0 is the warm-up. */
  onRun: (side: string, run: number) => void;
  stop: () => void;
  say: (line: string) => void;
}

export function createBenchProgress(): BenchProgress {
  const write = (line: string) => process.stderr.write(`${line}\n`);
  if (!process.stderr.isTTY) {
    return {
      start: ({ title, sides }, runs) => {
        write(`bench: ${title}: ${plural(sides.length, "side")}, ${plural(runs, "run")} each after a warm-up`);
      },
      onRun: () => undefined,
      stop: () => undefined,
      say: (line) => write(`bench: ${line}`),
    };
  }
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: "[{bar}] {percentage}% | {title} | {side}, {run} | {eta_formatted} left",
    barCompleteChar: "#",
    barIncompleteChar: "-",
    barsize: 20,
    hideCursor: true,
    clearOnComplete: true,
  });
  let done = 0;
  return {
    start: ({ title, sides }, runs) => {
      done = 0;
      bar.start(sides.length * (runs + 1), 0, { title, side: "", run: "" });
    },
    onRun: (side, run) => {
      bar.update(done++, { side, run: run === 0 ? "warm-up" : `run ${run}` });
    },
    stop: () => {
      bar.stop();
    },
    say: write,
  };
}
