import type { RunEvent } from "../../run/events.js";
import { plainProgressLine, progressLine, type ProgressState } from "./progress-line.js";

/** Shows the progress of a run on stderr. */
export interface Progress {
  onEvent(event: RunEvent): void;
  /** Writes complete lines without disturbing the progress line. */
  write(text: string): void;
  /** Clears the progress line for good. */
  stop(): void;
}

/** The part of a terminal stream that progress needs. */
export type ProgressStream = Pick<NodeJS.WriteStream, "write" | "on" | "off" | "columns">;

const REDRAW_MS = 100;
const PLAIN_MS = 10_000;

/** Assumed when the terminal's width is unknown. */
const DEFAULT_COLUMNS = 80;

/** A line that is redrawn ten times a second and when the terminal is resized. It has no colours. */
export function terminalProgress(stream: ProgressStream): Progress {
  const view = new RunView();
  let shown = 0;
  let stopped = false;
  const columns = () => Math.max(1, stream.columns || DEFAULT_COLUMNS);
  const clear = () => {
    if (shown === 0) return;
    // A terminal that became narrower has wrapped the line.
    const rowsAbove = Math.ceil(shown / columns()) - 1;
    stream.write(`${rowsAbove > 0 ? `\x1b[${rowsAbove}A` : ""}\r\x1b[J`);
    shown = 0;
  };
  const draw = () => {
    if (stopped) return;
    // Leave the last column free: some terminals wrap after it.
    const line = progressLine(columns() - 1, view.state());
    clear();
    stream.write(line);
    shown = line.length;
  };
  const timer = setInterval(draw, REDRAW_MS).unref();
  stream.on("resize", draw);
  return {
    onEvent: (event) => {
      view.onEvent(event);
    },
    write: (text) => {
      clear();
      stream.write(text);
    },
    stop: () => {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      stream.off("resize", draw);
      clear();
    },
  };
}

/** A plain line every ten seconds, for a log file. */
export function plainProgress(stream: Pick<ProgressStream, "write">): Progress {
  const view = new RunView();
  const timer = setInterval(() => {
    stream.write(`bfa: ${plainProgressLine(view.state())}\n`);
  }, PLAIN_MS).unref();
  return {
    onEvent: (event) => {
      view.onEvent(event);
    },
    write: (text) => {
      stream.write(text);
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** Shows no progress and only writes lines. */
export function noProgress(stream: Pick<ProgressStream, "write">): Progress {
  return {
    onEvent: () => undefined,
    write: (text) => {
      stream.write(text);
    },
    stop: () => undefined,
  };
}

/** Tracks the progress of a run by its events. */
class RunView {
  private phase: ProgressState["phase"] = "planning";
  private since = performance.now();
  private volumes = { counts: undefined, symbolCount: 0 } as Omit<
    ProgressState & { phase: "volumes" },
    "phase" | "elapsedMs"
  >;
  private probing = { counts: undefined, cellCount: 0, unitCount: 0 } as Omit<
    ProgressState & { phase: "probing" },
    "phase" | "elapsedMs"
  >;

  onEvent(event: RunEvent): void {
    switch (event.type) {
      case "planned":
        this.probing = { counts: undefined, cellCount: event.cell_count, unitCount: event.unit_count };
        this.enter(event.cell_count > 0 ? "probing" : "writing");
        break;
      case "progress":
        this.probing = { ...this.probing, counts: event.counts };
        break;
      case "volumes":
        this.volumes = { counts: event.counts, symbolCount: event.symbol_count };
        if (this.phase !== "volumes") this.enter("volumes");
        break;
      case "probed":
        this.enter("writing");
        break;
      case "publishing":
        this.enter("publishing");
        break;
      case "dns":
      case "notice":
      case "discovered":
      case "captured":
      case "failure":
      case "volume-failure":
      case "committed":
      case "done":
        break;
    }
  }

  state(): ProgressState {
    const elapsedMs = performance.now() - this.since;
    switch (this.phase) {
      case "probing":
        return { phase: "probing", elapsedMs, ...this.probing };
      case "volumes":
        return { phase: "volumes", elapsedMs, ...this.volumes };
      case "planning":
      case "writing":
      case "publishing":
        return { phase: this.phase, elapsedMs };
    }
  }

  private enter(phase: ProgressState["phase"]): void {
    this.phase = phase;
    this.since = performance.now();
  }
}
