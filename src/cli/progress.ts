import type { RunEvent } from "../pipeline/events.js";
import { bytes, duration, number } from "./format.js";

/** Shows the events of a run on stderr while it goes. */
export interface Progress {
  onEvent(event: RunEvent): void;
  /** Clears the line; to be called before anything else is printed. */
  stop(): void;
}

/** Progress that shows nothing: stderr is no terminal, or the user wants quiet. */
const SILENT: Progress = { onEvent: () => undefined, stop: () => undefined };

/**
 * A bar of units with rates, failures and time left, when stderr is a terminal. NO_COLOR is honoured by using no colour.
 */
export async function createProgress(quiet: boolean): Promise<Progress> {
  if (quiet || !process.stderr.isTTY) return SILENT;
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: "{command} [{bar}] {percentage}% | {done}/{all} | {rate}/s | {traffic}failed {failed} | {left} left",
    barCompleteChar: "#",
    barIncompleteChar: "-",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  });
  let startedAt = 0;
  let cells = 0;
  return {
    onEvent(event) {
      switch (event.type) {
        case "planned":
          startedAt = performance.now();
          cells = event.cells;
          if (cells > 0) bar.start(cells, 0, payload(0, 0, 0, 0));
          break;
        case "progress": {
          const { counts } = event;
          bar.update(counts.cells, payload(counts.cells, counts.failed, counts.requests, counts.bytes));
          break;
        }
        case "probed":
          bar.update(event.counts.cells);
          bar.stop();
          break;
        case "dns":
        case "notice":
        case "discovered":
          break;
      }
    },
    stop() {
      bar.stop();
    },
  };

  function payload(done: number, failed: number, requests: number, received: number) {
    const seconds = Math.max(0.001, (performance.now() - startedAt) / 1000);
    const left = done === 0 ? "?" : duration(((cells - done) * seconds * 1000) / done);
    return {
      command: "probing",
      done: number(done),
      all: number(cells),
      rate: number(Math.round(done / seconds)),
      traffic: received === 0 ? "" : `${number(Math.round(requests / seconds))} requests/s, ${bytes(received)} | `,
      failed: number(failed),
      left,
    };
  }
}
