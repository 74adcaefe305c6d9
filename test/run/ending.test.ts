import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endOnSignal } from "../../src/run/ending.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An ending, with how often it began and whether it is over. */
function ending(signal: AbortSignal | undefined) {
  const seen = { begun: 0, over: false };
  const made = endOnSignal(signal, () => seen.begun++);
  void made.over.then(() => (seen.over = true));
  return { made, seen };
}

describe("an ending", () => {
  it.each(["before", "after"])("that is asked for %s it is made gives the work in hand four seconds", async (when) => {
    const interrupt = new AbortController();
    if (when === "before") interrupt.abort();
    const { made, seen } = ending(interrupt.signal);
    if (when === "after") {
      await vi.advanceTimersByTimeAsync(60_000);
      expect(seen).toEqual({ begun: 0, over: false });
      interrupt.abort();
    }
    expect(seen).toEqual({ begun: 1, over: false });
    await vi.advanceTimersByTimeAsync(3999);
    expect(seen).toEqual({ begun: 1, over: false });
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toEqual({ begun: 1, over: true });
    made[Symbol.dispose]();
  });

  it("never comes without a signal, nor after it was disposed of", async () => {
    for (const isGiven of [false, true]) {
      const interrupt = new AbortController();
      const { made, seen } = ending(isGiven ? interrupt.signal : undefined);
      made[Symbol.dispose]();
      interrupt.abort();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(seen).toEqual({ begun: 0, over: false });
    }
    expect(vi.getTimerCount()).toBe(0);
  });
});
