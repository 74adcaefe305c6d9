import type { RunEvent } from "../../run/events.js";
import { duration } from "../../text/durations.js";
import { plural } from "../../text/numbers.js";
import { describeError } from "../exit.js";
import { line } from "./line.js";
import { createLog, logEvent, logSummary } from "./log.js";
import { noProgress, plainProgress, terminalProgress } from "./progress.js";

/** How much a run reports on stderr. */
export interface VoiceChoice {
  quiet: boolean;
  "log-level": string;
}

/** What a command that queries the bucket reports on stderr: lines for people, or only JSON lines for programs. */
export interface Voice {
  onEvent(event: RunEvent): void;
  /** A notice, which quiet suppresses. */
  notice(text: string): void;
  /** A failure, which nothing suppresses. */
  failure(text: string): void;
  summary(summary: { failures: readonly object[] }): void;
  /** An error that ended the command. */
  fatal(error: unknown): void;
  /** Stops the progress display. */
  stop(): void;
}

/** The voice that the user chose. Quiet applies to text for people; logs have a level. */
export async function createVoice({ quiet, "log-level": level }: VoiceChoice): Promise<Voice> {
  return level === "silent" ? spokenVoice(quiet) : await loggedVoice(level);
}

function spokenVoice(quiet: boolean): Voice {
  const { stderr } = process;
  const progress = quiet ? noProgress(stderr) : stderr.isTTY ? terminalProgress(stderr) : plainProgress(stderr);
  const notice = (text: string) => {
    if (!quiet) progress.write(line(text));
  };
  return {
    onEvent: (event) => {
      progress.onEvent(event);
      if (event.type === "notice") notice(`bfa: ${event.message}`);
      if (event.type !== "dns") return;
      for (const { message } of event.failed) notice(`bfa: DNS: ${message}`);
      if (event.lookups > 0) notice(`DNS: ${plural(event.lookups, "look-up")} in ${duration(event.elapsed_ms)}`);
    },
    notice: (text) => {
      notice(`bfa: ${text}`);
    },
    failure: (text) => {
      progress.write(line(`bfa: ${text}`));
    },
    summary: () => undefined,
    fatal: (error) => {
      progress.stop();
      progress.write(`${describeError(error)}\n`);
    },
    stop: () => {
      progress.stop();
    },
  };
}

async function loggedVoice(level: string): Promise<Voice> {
  const log = await createLog(level);
  return {
    onEvent: (event) => {
      logEvent(log, event);
    },
    notice: (text) => {
      log.warn(text);
    },
    failure: (text) => {
      log.error(text);
    },
    summary: (summary) => {
      logSummary(log, summary);
    },
    fatal: (error) => {
      log.fatal({ err: error }, describeError(error));
    },
    stop: () => undefined,
  };
}
