import { describe, expect, it } from "vitest";
import type { Emit, RunEvent } from "../../src/run/events.js";
import { running } from "../../src/run/running.js";

const notice = (message: string): RunEvent => ({ type: "notice", message });

/** A run that emits events and ends as it is told. */
function controlled() {
  let tell: Emit = () => undefined;
  const { promise, resolve, reject } = withResolvers<string>();
  const run = running<string>((given) => {
    tell = given;
    return promise;
  });
  return { run, tell, resolve, reject };
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((resolvePromise, rejectPromise) => {
    resolve = resolvePromise;
    reject = rejectPromise;
  });
  return { promise, resolve, reject };
}

async function messagesOf(events: AsyncIterable<RunEvent>): Promise<string[]> {
  const messages: string[] = [];
  for await (const event of events) messages.push(event.type === "notice" ? event.message : event.type);
  return messages;
}

describe("a run in progress", () => {
  it("is a promise of its result", async () => {
    const { run, resolve } = controlled();
    resolve("done");
    expect(run).toBeInstanceOf(Promise);
    expect(await run).toBe("done");
  });

  it("gives each loop every event from its beginning on, in order", async () => {
    const { run, tell, resolve } = controlled();
    const first = messagesOf(run);
    tell(notice("a"));
    const second = messagesOf(run);
    tell(notice("b"));
    tell(notice("c"));
    resolve("done");
    expect(await first).toEqual(["a", "b", "c"]);
    expect(await second).toEqual(["b", "c"]);
    expect(await run).toBe("done");
  });

  it("keeps events while the loop is busy", async () => {
    const { run, tell, resolve } = controlled();
    const received: string[] = [];
    const looping = (async () => {
      for await (const event of run) {
        received.push(event.type === "notice" ? event.message : "");
        await new Promise(setImmediate);
      }
    })();
    for (let index = 0; index < 5; index++) tell(notice(String(index)));
    resolve("done");
    await looping;
    expect(received).toEqual(["0", "1", "2", "3", "4"]);
  });

  it("immediately ends a loop that begins after its end", async () => {
    const { run, resolve } = controlled();
    resolve("done");
    await run;
    expect(await messagesOf(run)).toEqual([]);
  });

  it("throws its error in the loop, after the events before it", async () => {
    const { run, tell, reject } = controlled();
    const received: string[] = [];
    const looping = (async () => {
      for await (const { type } of run) received.push(type);
    })();
    tell(notice("a"));
    const error = new Error("no");
    reject(error);
    await expect(looping).rejects.toBe(error);
    await expect(run).rejects.toBe(error);
    await expect(messagesOf(run)).rejects.toBe(error);
    expect(received).toEqual(["notice"]);
  });

  it("continues when a loop is left by break or by an error", async () => {
    const { run, tell, resolve } = controlled();
    const breaking = (async () => {
      for await (const event of run) return event.type;
      return "";
    })();
    const throwing = (async () => {
      for await (const { type } of run) throw new Error(type);
    })();
    const staying = messagesOf(run);
    tell(notice("a"));
    expect(await breaking).toBe("notice");
    await expect(throwing).rejects.toThrow("notice");
    tell(notice("b"));
    resolve("done");
    expect(await staying).toEqual(["a", "b"]);
    expect(await run).toBe("done");
  });

  it("ends no process with an error that only an abandoned loop could have received", async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown) => unhandled.push(error);
    process.on("unhandledRejection", onUnhandled);
    try {
      const { run, tell, reject } = controlled();
      const breaking = (async () => {
        for await (const event of run) return event.type;
        return "";
      })();
      tell(notice("a"));
      await breaking;
      reject(new Error("unheard"));
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", onUnhandled);
    }
  });
});
