import type { Logger } from "pino";
import type { RunEvent } from "../../run/events.js";
import { printableJson } from "../../text/printable.js";
import { withoutPasswords } from "../../text/secrets.js";

/** Structured lines of a run on stderr, one JSON object each. */
export async function createLog(level: string): Promise<Logger> {
  const { pino } = await import("pino");
  const hooks = { streamWrite: (line: string) => printableJson(withoutPasswords(line)) };
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks };
  return pino(options, pino.destination({ fd: 2, sync: true }));
}

/** Logs an event at its level. */
export function logEvent(log: Logger, event: RunEvent): void {
  switch (event.type) {
    case "dns":
      if (event.failed.length > 0) log.warn(event, "DNS warm-up failed");
      else log.info(event, "DNS warm");
      break;
    case "notice":
      log.warn(event.message);
      break;
    case "discovered":
      log.info(event, "symbols discovered");
      break;
    case "captured":
      log.info(event, "contracts captured");
      break;
    case "failure":
      log.error(event, "probe failed");
      break;
    case "volume-failure":
      log.error(event, "volume file failed");
      break;
    case "volumes":
      log.debug(event, "fetching volumes");
      break;
    case "planned":
      log.info(event, "planned");
      break;
    case "progress":
      log.debug(event, "progress");
      break;
    case "probed":
      log.info(event, "probed");
      break;
    case "committed":
      log.debug(event, "committed");
      break;
    case "publishing":
      log.info(event, "publishing");
      break;
    case "done":
      // The summary includes it.
      log.debug(event, "done");
      break;
  }
}

/** Logs the end of a run. Its failures were logged when they happened. */
export function logSummary(log: Logger, { failures, ...summary }: { failures: readonly object[] }): void {
  log.info({ ...summary, failure_count: failures.length }, "run ended");
}
