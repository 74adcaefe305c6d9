import { printable } from "../../text/printable.js";
import { withoutPasswords } from "../../text/secrets.js";

/** A line for a person, whatever is in its text. */
export function line(text: string): string {
  return `${printable(withoutPasswords(text))}\n`;
}

/** Tells a person something beside the answer. */
export function tell(text: string): void {
  process.stderr.write(line(`bfa: ${text}`));
}
