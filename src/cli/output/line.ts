import { number } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { withoutPasswords } from "../../text/secrets.js";

/** A line that is safe to print, whatever its text contains. */
export function line(text: string): string {
  return `${printable(withoutPasswords(text))}\n`;
}

/** Prints a notice on stderr. */
export function tell(text: string): void {
  process.stderr.write(line(`bfa: ${text}`));
}

/** The count with what it counts; nothing for 0. */
export function nonzero(count: number, what: string): string[] {
  return count === 0 ? [] : [`${number(count)} ${what}`];
}
