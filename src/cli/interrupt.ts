import { constants } from "node:os";

/** Signals that ask to end: Ctrl-C, a service manager or container, a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Time after which a signal that no person sent ends the process at once, ms: a container that is stopped has 10 s. */
const LIMIT_MS = 9000;

/**
 * Has `work` end early by its signal on the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once.
 * Whole units are written in either case.
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
      endAtOnce(signal);
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

/** Ends by the signal itself: process.exit would end the writer thread in the middle of a call of DuckDB, which aborts. */
function endAtOnce(signal: NodeJS.Signals): void {
  // The kernel spares a container's first process signals that it doesn't handle.
  if (process.pid === 1) process.exit(128 + constants.signals[signal]);
  process.kill(process.pid, signal);
}
