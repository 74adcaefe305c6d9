import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { interruptible } from "../../src/cli/interrupt.js";

type Killed = [pid: number, signal: NodeJS.Signals];

let killed: Killed[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  killed = [];
  vi.spyOn(process, "kill").mockImplementation((...call) => {
    killed.push(call as Killed);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Work that continues until it is told to end, and watches for signals. */
function watched() {
  const received: string[] = [];
  let finish: () => void = () => undefined;
  const done = interruptible(
    (signal) => {
      signal.addEventListener("abort", () => received.push("aborted"));
      return new Promise<void>((resolve) => (finish = resolve));
    },
    (name) => received.push(name),
  );
  return { received, done, finish };
}

const send = (signal: NodeJS.Signals) => process.emit(signal, signal);

describe("a signal", () => {
  it.each(["SIGTERM", "SIGHUP"] as const)("%s ends the process after at most nine seconds", async (signal) => {
    const { received, done, finish } = watched();
    send(signal);
    expect(received).toEqual([signal, "aborted"]);
    await vi.advanceTimersByTimeAsync(8999);
    expect(killed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(killed).toEqual([[process.pid, signal]]);
    finish();
    await done;
  });

  it("SIGINT gives the work as much time as it needs", async () => {
    const { done, finish } = watched();
    send("SIGINT");
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(killed).toEqual([]);
    finish();
    await done;
  });

  it("that comes twice ends the process immediately", async () => {
    const { received, done, finish } = watched();
    send("SIGINT");
    send("SIGTERM");
    expect(received).toEqual(["SIGINT", "aborted"]);
    expect(killed).toEqual([[process.pid, "SIGTERM"]]);
    finish();
    await done;
  });

  it("has no effect once the work is done", async () => {
    const listeners = process.listenerCount("SIGHUP");
    const { done, finish } = watched();
    expect(process.listenerCount("SIGHUP")).toBe(listeners + 1);
    finish();
    await done;
    expect(process.listenerCount("SIGHUP")).toBe(listeners);
    expect(vi.getTimerCount()).toBe(0);
  });
});
