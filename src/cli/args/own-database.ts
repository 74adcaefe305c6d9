import { printable } from "../../text/printable.js";
import { shellWord } from "./shell-word.js";

/** The commands that messages advise and that take `--db`. */
const ADVISED = /`bfa (update|backfill|sweep|volumes|discover|contracts)`/g;

/**
 * Adds the caller's `--db` to the commands that a message advises: without it they would work on the default database.
 *
 * @param args as typed
 */
export function withOwnDatabase(message: string, args: readonly string[]): string {
  const at = args.findIndex((arg) => arg === "--db" || arg.startsWith("--db="));
  const file = args[at]?.startsWith("--db=") === true ? args[at].slice("--db=".length) : args[at + 1];
  if (at < 0 || file === undefined) return message;
  return message.replaceAll(ADVISED, (_, command: string) => `\`bfa ${command} --db ${printable(shellWord(file))}\``);
}
