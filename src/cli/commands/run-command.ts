import type { RunOptions } from "../../run/options.js";
import type { RunSummary } from "../../run/summary.js";
import { EXIT } from "../exit.js";
import { duration } from "../../text/durations.js";
import { printable } from "../../text/printable.js";
import { createLog, logEvent, logSummary } from "../output/log.js";
import { createProgress } from "../output/progress.js";
import type { RunArguments } from "../args/run-options.js";
import { summaryJson, summaryText } from "../output/summary.js";

/** Options of the library from the arguments that all probing commands share. */
export function libraryOptions(args: RunArguments): RunOptions {
  const symbols = args.symbols ?? args["symbols-file"];
  return {
    db: args.db,
    source: args.source,
    pool: args.pool,
    timeoutMs: args.timeout,
    retries: args.retries,
    ...(args.threads === undefined ? {} : { threads: args.threads }),
    ...(args.connections === undefined ? {} : { connections: args.connections }),
    ...(args.http2 === undefined ? {} : { http2: args.http2 }),
    ...(symbols === undefined ? {} : { symbols }),
    ...(args.quote === undefined ? {} : { quote: args.quote }),
    ...(args.endpoint === undefined ? {} : { endpoint: args.endpoint }),
    ...(args["list-endpoint"] === undefined ? {} : { listEndpoint: args["list-endpoint"] }),
    ...(args.ca === undefined ? {} : { ca: args.ca }),
  };
}

/** How a run is shown. */
export interface RunDisplay {
  json: boolean;
  quiet: boolean;
  "log-level": string;
}

/** Runs a probing command with the options of its arguments: see {@link showRun}. */
export function runCommand(args: RunArguments, execute: (options: RunOptions) => Promise<RunSummary>): Promise<void> {
  return showRun(args, libraryOptions(args), execute);
}

/**
 * Runs a probing command for a person or a script: progress and notices on stderr, the summary on stdout, Ctrl-C ends
 * after the units in hand, a second one at once. Sets the process's exit code.
 */
export async function showRun(
  display: RunDisplay,
  options: RunOptions,
  execute: (options: RunOptions) => Promise<RunSummary>,
): Promise<void> {
  const progress = await createProgress(display.quiet);
  const log = await createLog(display["log-level"]);
  const say = (line: string) => {
    if (!display.quiet) process.stderr.write(`${line}\n`);
  };
  for (const [name, url] of [
    ["--endpoint", options.endpoint],
    ["--list-endpoint", options.listEndpoint],
  ] as const) {
    if (url?.startsWith("http:")) say(`bfa: ${name} ${url} is not encrypted: answers can be forged on the way`);
  }
  const interrupt = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (interrupt.signal.aborted) {
      // By the signal itself: process.exit would end the writer thread in the middle of a call, see `workers/writer.ts`.
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
      process.kill(process.pid, signal);
      return;
    }
    progress.stop();
    say(`bfa: ${signal}: finishing the units in hand; once more to end at once`);
    interrupt.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    const summary = await execute({
      ...options,
      signal: interrupt.signal,
      onEvent: (event) => {
        if (log !== undefined) logEvent(log, event);
        if (event.type === "notice") say(`bfa: ${printable(event.message)}`);
        if (event.type === "dns") {
          for (const { message } of event.failed) say(`bfa: DNS: ${printable(message)}`);
          say(`DNS: ${event.lookups} looked up in ${duration(event.elapsedMs)}`);
        }
        progress.onEvent(event);
      },
    });
    progress.stop();
    if (log !== undefined) logSummary(log, summary);
    if (display.json) process.stdout.write(`${summaryJson(summary)}\n`);
    else if (!display.quiet) process.stdout.write(`${summaryText(summary)}\n`);
    if (summary.outcome === "interrupted") say(`bfa: interrupted; go on with: ${commandLine()}`);
    process.exitCode = { whole: EXIT.whole, failed: EXIT.failed, interrupted: EXIT.interrupted }[summary.outcome];
  } finally {
    progress.stop();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** This very command, to be typed again: what is whole by then is not lost. */
function commandLine(): string {
  const quoted = process.argv
    .slice(2)
    .map((arg) => (/^[\w.,:/=@%+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`));
  return ["bfa", ...quoted].join(" ");
}
