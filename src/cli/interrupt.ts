/**
 * Has `work` end early by its signal on the first Ctrl-C or SIGTERM; a second one ends the process at once.
 *
 * @param onInterrupt called with the name of the first signal
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  onInterrupt: (signal: NodeJS.Signals) => void,
): Promise<Result> {
  const interrupt = new AbortController();
  const ignore = () => process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  const onSignal = (signal: NodeJS.Signals) => {
    if (interrupt.signal.aborted) {
      // By the signal itself: process.exit would end the writer thread in the middle of a call, see `serveWriter`.
      ignore();
      process.kill(process.pid, signal);
      return;
    }
    onInterrupt(signal);
    interrupt.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await work(interrupt.signal);
  } finally {
    ignore();
  }
}
