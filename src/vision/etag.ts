const MD5 = /^(?:"|&quot;)?([0-9a-f]{8})([0-9a-f]{8})[0-9a-f]{16}(?:"|&quot;)?$/i;

/** The first 8 bytes of a file's md5 as two 4-byte integers, which a JavaScript number and a row's columns can hold. */
export interface Etag {
  high: number;
  low: number;
}

/** Stored for a file whose ETag is not an md5, such as one uploaded in parts. */
export const NO_ETAG: Readonly<Etag> = { high: 0, low: 0 };

/**
 * The first bytes of the md5 in an ETag: enough to detect a replaced file and to verify a download. {@link NO_ETAG} for
 * any other format, such as that of a multipart upload (`"…-2"`).
 *
 * @param text the header, or the element of a list page
 */
export function parseEtag(text: string | undefined): Readonly<Etag> {
  const match = text === undefined ? null : MD5.exec(text);
  return match === null ? NO_ETAG : { high: parseInt(match[1] ?? "", 16), low: parseInt(match[2] ?? "", 16) };
}
