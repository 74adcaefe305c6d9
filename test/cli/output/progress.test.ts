/* eslint-disable no-control-regex -- what a terminal is made of */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { plainProgress, terminalProgress, type ProgressStream } from "../../../src/cli/output/progress.js";
import type { RunEvent } from "../../../src/run/events.js";

const PLANNED: RunEvent = {
  ...{ type: "planned", from: "2024-03-01", to: "2024-03-03" },
  ...{ symbol_count: 327, unit_count: 3, cell_count: 981 },
};
const COUNTS = {
  ...{ probes: 100, available: 90, missing: 10, failed: 0, requests: 100, replays: 0, retries: 0 },
  ...{ connections_opened: 8, bytes: 0, foreign_keys: 0, rows_written: 0, units_written: 0 },
};

/**
 * A terminal that shows what is written, as far as progress needs one: lines wrap, and wrap again when its width
 * changes.
 */
class FakeTerminal {
  private rows: { text: string; wrapped: boolean }[] = [{ text: "", wrapped: false }];
  private row = 0;
  private listeners = new Set<() => void>();

  constructor(public columns: number) {}

  readonly stream = {
    write: (text: string) => {
      this.take(text);
      return true;
    },
    on: (_event: string, listener: () => void) => {
      this.listeners.add(listener);
    },
    off: (_event: string, listener: () => void) => {
      this.listeners.delete(listener);
    },
  } as unknown as ProgressStream;

  get listenerCount(): number {
    return this.listeners.size;
  }

  /** The visible lines, from the top. */
  get screen(): string[] {
    return this.rows.map(({ text }) => text);
  }

  resize(columns: number): void {
    const lines: string[] = [];
    for (const { text, wrapped } of this.rows) {
      if (wrapped) lines.push((lines.pop() ?? "") + text);
      else lines.push(text);
    }
    this.columns = columns;
    this.defineColumns();
    this.rows = lines.flatMap((line) => {
      const parts = line.match(new RegExp(`.{1,${columns}}`, "g")) ?? [""];
      return parts.map((text, index) => ({ text, wrapped: index > 0 }));
    });
    this.row = this.rows.length - 1;
    for (const listener of [...this.listeners]) listener();
  }

  defineColumns(): this {
    Object.assign(this.stream, { columns: this.columns });
    return this;
  }

  private take(text: string): void {
    for (const [part] of text.matchAll(/\x1b\[(\d*)([A-Z])|[\r\n]|[^\x1b\r\n]+/g)) this.put(part);
  }

  private put(part: string): void {
    const up = /^\x1b\[(\d+)A$/.exec(part)?.[1];
    if (up !== undefined) this.row -= Number(up);
    else if (part === "\x1b[J") this.rows = [...this.rows.slice(0, this.row), { text: "", wrapped: false }];
    else if (part === "\n") this.row = this.rows.push({ text: "", wrapped: false }) - 1;
    else if (part !== "\r") {
      expect(part.length, "a line of the progress wraps").toBeLessThan(this.columns);
      this.rows[this.row] = { text: part, wrapped: false };
    }
  }
}

const terminal = (columns: number) => new FakeTerminal(columns).defineColumns();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("terminalProgress", () => {
  it("shows every phase, and nothing once it is stopped", () => {
    const screen = terminal(100);
    const progress = terminalProgress(screen.stream);
    vi.advanceTimersByTime(1100);
    expect(screen.screen).toEqual(["planning ...  1 s"]);
    progress.onEvent(PLANNED);
    vi.advanceTimersByTime(1000);
    progress.onEvent({ type: "progress", counts: COUNTS, unit_count: 3, cell_count: 981 });
    vi.advanceTimersByTime(100);
    expect(screen.screen[0]).toMatch(/^\[##-+\] {2}10% {2}100\/981 probes .* left$/);
    progress.onEvent({ type: "probed", counts: COUNTS });
    vi.advanceTimersByTime(2100);
    expect(screen.screen).toEqual(["writing ...  2 s"]);
    progress.onEvent({ type: "publishing" });
    vi.advanceTimersByTime(200);
    expect(screen.screen).toEqual(["publishing ...  0 s"]);
    progress.stop();
    vi.advanceTimersByTime(5000);
    expect(screen.screen).toEqual([""]);
    expect(screen.listenerCount).toBe(0);
  });

  it("keeps notices complete, above the progress", () => {
    const screen = terminal(60);
    const progress = terminalProgress(screen.stream);
    vi.advanceTimersByTime(100);
    progress.write("bfa: something\n");
    vi.advanceTimersByTime(100);
    expect(screen.screen).toEqual(["bfa: something", "planning ...  0 s"]);
  });

  it.each([120, 100, 61, 40, 27, 13, 3])(
    "leaves no remnants when the terminal shrinks to %d columns and grows again",
    (width) => {
      const screen = terminal(130);
      const progress = terminalProgress(screen.stream);
      progress.write("before\n");
      progress.onEvent(PLANNED);
      progress.onEvent({ type: "progress", counts: COUNTS, unit_count: 3, cell_count: 981 });
      vi.advanceTimersByTime(300);
      for (const columns of [width, 130, width, 80]) {
        screen.resize(columns);
        expect(screen.screen.filter((line) => / left$/.test(line)).length).toBeLessThanOrEqual(1);
      }
      expect(screen.screen).toHaveLength(2);
      progress.stop();
      expect(screen.screen).toEqual(["before", ""]);
    },
  );
});

it("plainProgress writes a line every ten seconds", () => {
  let text = "";
  const progress = plainProgress({ write: (part: string) => (text += part) !== "" });
  vi.advanceTimersByTime(9000);
  expect(text).toBe("");
  progress.onEvent(PLANNED);
  progress.onEvent({ type: "progress", counts: COUNTS, unit_count: 3, cell_count: 981 });
  vi.advanceTimersByTime(11_000);
  expect(text).toMatch(/^bfa: 10%, 100\/981 probes,.*\nbfa: 10%, .* left\n$/);
  progress.stop();
  vi.advanceTimersByTime(30_000);
  expect(text.split("\n")).toHaveLength(3);
});
