import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { drainWriters } from "../threads/writer-thread.js";

/** Signals that ask the process to end: Ctrl-C, a service manager or container, a closed terminal. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How long the first process of a container waits for its writer thread before it exits, ms. */
const DRAIN_MS = 5000;

/** Time after which any signal but Ctrl-C ends the process immediately, ms: a container gets 10 s to stop. */
const LIMIT_MS = 9000;

/**
 * Aborts `work` on the first SIGINT, SIGTERM or SIGHUP; a second one ends the process immediately. Complete units are
 * written in either case.
 *
 * @param onInterrupt called with the name of the first signal
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  onInterrupt: (signal: NodeJS.Signals) => void,
): Promise<Result> {
  const interrupt = new AbortController();
  let limit: NodeJS.Timeout | undefined;
  const ignore = () => {
    clearTimeout(limit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (interrupt.signal.aborted) {
      ignore();
      void endNow(signal);
      return;
    }
    // A person can wait, or press again.
    if (signal !== "SIGINT") limit = setTimeout(onSignal, LIMIT_MS, signal).unref();
    onInterrupt(signal);
    interrupt.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work(interrupt.signal);
  } finally {
    ignore();
  }
}

/** Ends by the signal itself: process.exit would stop the writer thread inside a DuckDB call, which aborts. */
async function endNow(signal: NodeJS.Signals): Promise<void> {
  if (process.pid !== 1) {
    process.kill(process.pid, signal);
    return;
  }
  // The kernel doesn't deliver unhandled signals to the first process of a container.
  await Promise.race([drainWriters(), sleep(DRAIN_MS)]);
  process.exit(128 + constants.signals[signal]);
}
