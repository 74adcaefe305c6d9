import { FileError } from "./file-error.js";

/** Maximum bytes of a checksum file: 64 digits, two spaces and a name. */
export const MAX_CHECKSUM_BYTES = 1024;

const CHECKSUM = /^([0-9a-f]{64}) [ *]([^\r\n]+)\r?\n?$/i;

/**
 * The SHA-256 that a checksum file gives for a zip, in lower case. The bucket writes `sha256  name`, as `sha256sum` does,
 * with a newline at the end or without.
 *
 * @param name of the zip, without its folder
 * @throws FileError when it has another form, or is that of another file
 */
export function parseChecksum(text: string, name: string): string {
  const [, digest, named] = CHECKSUM.exec(text) ?? [];
  if (digest === undefined || named === undefined) {
    throw new FileError("CHECKSUM_MALFORMED", "the checksum file is not `sha256  name`");
  }
  if (named !== name) throw new FileError("CHECKSUM_MALFORMED", `the checksum file is that of ${named}`);
  return digest.toLowerCase();
}
