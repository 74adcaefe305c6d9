/** What stands for a secret. */
const MASK = "***";

/** A text with the user and password of every URL in it masked, for a message or a log. */
export function withoutPasswords(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'`<>]*@/gi, `$1${MASK}@`);
}

/**
 * What was given for a URL, with all that could be a secret in it masked: everything before the last `@`, query and
 * fragment. It need not be a whole URL.
 */
export function maskedUrl(text: string): string {
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/*)?.*@/is, (_, scheme: string | undefined) => `${scheme ?? ""}${MASK}@`)
    .replace(/([?#]).*$/s, `$1${MASK}`);
}
