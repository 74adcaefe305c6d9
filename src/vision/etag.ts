const MD5 = /^(?:"|&quot;)?([0-9a-f]{8})([0-9a-f]{8})[0-9a-f]{16}(?:"|&quot;)?$/i;

/** The first 8 bytes of a file's md5 as two whole numbers of 4 bytes: what JavaScript and a row's columns can hold. */
export interface Etag {
  high: number;
  low: number;
}

/** What is kept where a file has no ETag that is an md5, as one uploaded in parts hasn't. */
export const NO_ETAG: Readonly<Etag> = { high: 0, low: 0 };

/**
 * The start of the md5 that an ETag is: enough to tell a replaced file and to verify a download. {@link NO_ETAG} for
 * every other form, such as that of an upload in parts (`"…-2"`).
 *
 * @param text of the header, or of the element in a list page
 */
export function parseEtag(text: string | undefined): Readonly<Etag> {
  const match = text === undefined ? null : MD5.exec(text);
  return match === null ? NO_ETAG : { high: parseInt(match[1] ?? "", 16), low: parseInt(match[2] ?? "", 16) };
}
