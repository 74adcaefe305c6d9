import { BfaError, StoreError, UsageError } from "../errors.js";
import { printable } from "../text/printable.js";

/** Exit codes of every command, as `--help` and the README list them. */
export const EXIT = {
  whole: 0,
  failed: 1,
  usage: 2,
  store: 3,
  interrupted: 130,
} as const;

/** Exit code of an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof StoreError) return EXIT.store;
  return EXIT.failed;
}

/** One line for an expected error; the stack for one that is a defect of ours. */
export function describeError(error: unknown): string {
  if (error instanceof BfaError) return `bfa: ${error.message.split("\n").map(printable).join("\n")}`;
  return error instanceof Error ? `bfa: unexpected error\n${error.stack ?? error.message}` : `bfa: ${String(error)}`;
}
