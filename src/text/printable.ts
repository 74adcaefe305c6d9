/** Control characters, bidirectional overrides and other marks that nobody sees, and separators of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from outside with control characters and bidirectional overrides made visible, safe for a terminal. */
export function printable(text: string): string {
  return text.replace(UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** As {@link printable}, but for tabs and the ends of lines, which a quoted field of a CSV file may have. */
export function printableField(text: string): string {
  return text.replace(/[^\t\r\n]+/g, printable);
}

/** A text with ends of lines of its own, such as a stack, with the rest of it as {@link printable} makes it. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** JSON that says the same, with what a terminal would obey as escapes. Ends of lines between values are left. */
export function printableJson(json: string): string {
  return json.replace(UNSEEN, (char) => (char === "\n" ? char : escapes(char)));
}

function escapes(char: string): string {
  return Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
    "",
  );
}
