import { EventEmitter, on } from "node:events";
import type { Emit, RunEvent } from "./events.js";

/**
 * Work under way: a promise of its result, and an async iterable of what happens meanwhile.
 *
 * The work begins with the call. A loop over it hears every event from then on, ends when the work ends, and throws what
 * `await` throws. Leaving the loop early, by `break` or by an error, leaves the work going: its `signal` ends it. Several
 * loops hear the same.
 *
 * @example
 * ```ts
 * const run = update({ db: "availability.duckdb" });
 * for await (const event of run) {
 *   if (event.type === "progress") console.log(`${event.counts.probes} of ${event.cell_count}`);
 * }
 * const summary = await run;
 * ```
 */
export interface Run<Result> extends Promise<Result>, AsyncIterable<RunEvent> {}

/**
 * Makes a promise iterable.
 *
 * @param work begins at once; it is given what tells the loops of an event
 */
export function running<Result>(work: (tell: Emit) => Promise<Result>): Run<Result> {
  const events = new EventEmitter().setMaxListeners(0);
  let isOver = false;
  const result = work((event) => {
    events.emit("event", event);
  });
  const end = () => {
    isOver = true;
    events.emit("end");
  };
  result.then(end, end);
  return Object.assign(result, {
    [Symbol.asyncIterator]: () => {
      // The loop throws it; nobody else may be waiting for the result.
      result.catch(() => undefined);
      // Listens from now on, not from the first step of the loop.
      return loop(isOver ? [] : on(events, "event", { close: ["end"] }), result);
    },
  });
}

async function* loop(
  events: Iterable<unknown[]> | AsyncIterable<unknown[]>,
  result: Promise<unknown>,
): AsyncGenerator<RunEvent, void> {
  // Only `tell` emits them.
  for await (const [event] of events) yield event as RunEvent;
  await result;
}
