import { EventEmitter, on } from "node:events";
import type { Emit, RunEvent } from "./events.js";

/**
 * Work in progress: a promise of its result, and an async iterable of its events.
 *
 * The work begins with the call. A loop over it gets every event from then on, ends when the work ends, and throws the
 * same error as `await`. Leaving the loop early, by `break` or an error, doesn't stop the work: its `signal` does.
 * Several loops get the same events.
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
 * @param work starts immediately; gets the function that emits an event to the loops
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
      // The loop throws the error, but possibly nobody awaits the result.
      result.catch(() => undefined);
      // Listen from now on, not only from the first iteration.
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
