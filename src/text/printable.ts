/** Control characters, bidirectional overrides and other invisible marks, and line separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from outside with control characters and bidirectional overrides made visible, safe for a terminal. */
export function printable(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Like {@link printable}, but keeps tabs and line ends, which a quoted CSV field may contain. */
export function printableField(text: string): string {
  return text.replace(/[^\t\r\n]+/g, printable);
}

/** Like {@link printable}, but keeps line breaks, for text of several lines such as a stack. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/**
 * Equivalent JSON in which everything that could control a terminal is escaped. Line breaks between values are kept.
 */
export function printableJson(json: string): string {
  return json.replace(INVISIBLE, (char) => (char === "\n" ? char : escapes(char)));
}

function escapes(char: string): string {
  return Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
    "",
  );
}
