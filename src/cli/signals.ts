import { constants } from "node:os";

/** Signals that ask to end: Ctrl-C, a service manager or container, a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Time after which a signal that no person sent ends the process at once, ms: a container that is stopped has 10 s. */
const LIMIT_MS = 9000;

/** What ends a command before its time. Disposing of it gives the signals back. */
export interface Interruption extends Disposable {
  /** Aborted by the first signal. A second one ends the process at once; whole units are written all the same. */
  readonly signal: AbortSignal;
}

/** @param onFirst called with the first signal */
export function listenForSignals(onFirst: (signal: NodeJS.Signals) => void): Interruption {
  const controller = new AbortController();
  let limit: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(limit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      stop();
      endAtOnce(signal);
      return;
    }
    // A person can wait, or press again.
    if (signal !== "SIGINT") limit = setTimeout(onSignal, LIMIT_MS, signal).unref();
    onFirst(signal);
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return { signal: controller.signal, [Symbol.dispose]: stop };
}

/** Ends by the signal itself: process.exit would end the writer thread in the middle of a call of DuckDB, which aborts. */
function endAtOnce(signal: NodeJS.Signals): void {
  // The kernel spares a container's first process signals that it doesn't handle.
  if (process.pid === 1) process.exit(128 + constants.signals[signal]);
  process.kill(process.pid, signal);
}
