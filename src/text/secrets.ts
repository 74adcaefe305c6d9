/** Replaces a secret. */
const MASK = "***";

/** Text with the user and password of every URL in it masked, for a message or a log. */
export function withoutPasswords(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'`<>]*@/gi, `$1${MASK}@`);
}

/**
 * Text that was given as a URL, with everything that could be a secret masked: all before the last `@`, the query and
 * the fragment. It need not be a valid URL.
 */
export function maskedUrl(text: string): string {
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/*)?.*@/is, (_, scheme: string | undefined) => `${scheme ?? ""}${MASK}@`)
    .replace(/([?#]).*$/s, `$1${MASK}`);
}

/** Whether a URL has a user, password, query or fragment: parts that can be secret, and that no request here would send. */
export function hasSecretParts({ username, password, search, hash }: URL): boolean {
  return [username, password, search, hash].some((part) => part !== "");
}

/** A URL with everything but its server masked. */
export function maskedPath(url: string): string {
  return `${new URL(url).origin}/${MASK}`;
}
