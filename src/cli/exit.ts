import {
  BfaError,
  InterruptedError,
  NotKnownError,
  OutputError,
  PublicationError,
  StoreError,
  UsageError,
} from "../errors.js";
import type { RunSummary } from "../run/summary.js";
import { saysShortage } from "../store/output-error.js";
import { printableLines } from "../text/printable.js";
import { withoutPasswords } from "../text/secrets.js";

/** Exit codes of every command, as `--help` and the README list them. */
export const EXIT = {
  whole: 0,
  failed: 1,
  usage: 2,
  store: 3,
  unknown: 4,
  interrupted: 130,
} as const;

/** Exit code of a run by its outcome. */
export const EXIT_OF_OUTCOME: Readonly<Record<RunSummary["outcome"], number>> = {
  whole: EXIT.whole,
  "nothing-to-do": EXIT.whole,
  failed: EXIT.failed,
  "stopped-early": EXIT.failed,
  interrupted: EXIT.interrupted,
};

/** Exit code of an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof StoreError || error instanceof OutputError) return EXIT.store;
  if (error instanceof PublicationError && error.code === "PUBLICATION_DAMAGED") return EXIT.store;
  if (error instanceof NotKnownError) return EXIT.unknown;
  if (error instanceof InterruptedError) return EXIT.interrupted;
  return EXIT.failed;
}

/** Exit code when stdout can't be written: the same as for a file when the disk is full. */
export function exitCodeOfStdout(error: Error): number {
  return saysShortage(error.message) ? EXIT.store : EXIT.failed;
}

/** One line for an expected error; with the stack for a bug. */
export function describeError(error: unknown): string {
  return `bfa: ${printableLines(withoutPasswords(textOf(error)))}`;
}

function textOf(error: unknown): string {
  if (error instanceof BfaError) return messageOf(error);
  if (error instanceof Error && saysShortage(error.message)) return error.message.split("\n", 1)[0] ?? "";
  return error instanceof Error ? `unexpected error\n${error.stack ?? error.message}` : String(error);
}

/** The message, with options as the command line spells them. */
function messageOf(error: Error): string {
  if (error instanceof UsageError && error.option !== undefined) return `${flagOf(error.option)}: ${error.reason}`;
  if (error instanceof NotKnownError && error.allowPartial !== undefined) {
    return `${error.reason}, and --allow-partial ${error.allowPartial}`;
  }
  return error.message;
}

/** The command-line spelling of a library option: `timeoutMs` is `--timeout`. */
export function flagOf(option: string): string {
  const name = option.replace(/Ms$/, "");
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
