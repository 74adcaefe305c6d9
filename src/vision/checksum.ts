import { FileError } from "./file-error.js";

/** Maximum bytes of a checksum file: 64 digits, two spaces and a name. */
export const MAX_CHECKSUM_BYTES = 1024;

const CHECKSUM = /^([0-9a-f]{64}) [ *]([^\r\n]+)\r?\n?$/i;

/**
 * The SHA-256 in a zip's checksum file, in lower case. The bucket's files contain `sha256  name`, like the output of
 * `sha256sum`, with or without a newline at the end.
 *
 * @param name of the zip, without its folder
 * @throws FileError when the format is different, or the checksum is for another file
 */
export function parseChecksum(text: string, name: string): string {
  const [, digest, named] = CHECKSUM.exec(text) ?? [];
  if (digest === undefined || named === undefined) {
    throw new FileError("CHECKSUM_MALFORMED", "the checksum file is not `sha256  name`");
  }
  if (named !== name) throw new FileError("CHECKSUM_MALFORMED", `the checksum file is for ${named}`);
  return digest.toLowerCase();
}
