const MD5 = /^(?:"|&quot;)?([0-9a-f]{16})[0-9a-f]{16}(?:"|&quot;)?$/i;

/** What is kept where a file has no ETag that is an md5, as one uploaded in parts hasn't. */
export const NO_ETAG = 0n;

/**
 * The first 8 bytes of the md5 that an ETag is, as a number: enough to tell a replaced file and to verify a download.
 * {@link NO_ETAG} for every other form, such as that of an upload in parts (`"…-2"`).
 *
 * @param text of the header, or of the element in a list page
 */
export function parseEtag(text: string | undefined): bigint {
  const match = text === undefined ? null : MD5.exec(text);
  return match === null ? NO_ETAG : BigInt(`0x${match[1] ?? ""}`);
}
