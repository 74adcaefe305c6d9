import type { RunEvent } from "../../run/events.js";
import type { RunCounts } from "../../run/counts.js";
import { bytes } from "../../text/sizes.js";
import { duration } from "../../text/durations.js";
import { number } from "../../text/numbers.js";

/** Shows the events of a run on stderr while it goes. */
export interface Progress {
  onEvent(event: RunEvent): void;
  /** Clears the line; to be called before anything else is printed. */
  stop(): void;
}

/** Progress that shows nothing: stderr is not a terminal, or the user wants quiet. */
const SILENT: Progress = { onEvent: () => undefined, stop: () => undefined };

/**
 * A bar with probes, units, rates, failures and time left, when stderr is a terminal. It has no colours, so
 * that NO_COLOR holds anyway.
 */
export async function createProgress(quiet: boolean): Promise<Progress> {
  if (quiet || !process.stderr.isTTY) return SILENT;
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format:
      "[{bar}] {percentage}% | {done}/{all} probes, {rate}/s | {units} units | {traffic}failed {failed} | {left} left",
    barCompleteChar: "#",
    barIncompleteChar: "-",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  });
  let startedAt = 0;
  let cellCount = 0;
  let unitCount = 0;
  return {
    onEvent(event) {
      switch (event.type) {
        case "planned":
          startedAt = performance.now();
          ({ cell_count: cellCount, unit_count: unitCount } = event);
          if (cellCount > 0) bar.start(cellCount, 0, payload(undefined));
          break;
        case "progress":
          bar.update(event.counts.probes, payload(event.counts));
          break;
        case "probed":
          bar.stop();
          break;
        case "dns":
        case "notice":
        case "discovered":
        case "failure":
          break;
      }
    },
    stop() {
      bar.stop();
    },
  };

  /** Values of the format. The unit count is that of the writer, which follows the probes. */
  function payload(counts: RunCounts | undefined) {
    const seconds = Math.max(0.001, (performance.now() - startedAt) / 1000);
    const done = counts?.probes ?? 0;
    const received = counts?.bytes ?? 0;
    const requests = number(Math.round((counts?.requests ?? 0) / seconds));
    return {
      done: number(done),
      all: number(cellCount),
      rate: number(Math.round(done / seconds)),
      units: `${number(counts?.units_written ?? 0)}/${number(unitCount)}`,
      traffic: received === 0 ? "" : `${requests} requests/s, ${bytes(received)} | `,
      failed: number(counts?.failed ?? 0),
      left: done === 0 ? "?" : duration(((cellCount - done) * seconds * 1000) / done),
    };
  }
}
