import { mix } from "./random.js";

/** Digits of an ETag. */
export const ETAG_BYTES = 32;

const HEX = Buffer.from("0123456789abcdef");
const scratch = Buffer.alloc(ETAG_BYTES);

/**
 * Writes 32 hexadecimal digits that depend on the owner, the file and its upload. The real host gives the MD5 of the
 * content; nothing checks that here, and it would mean building a zip for every line of a listing.
 */
export function writeEtag(out: Uint8Array, at: number, owner: number, file: number, version: number): void {
  const first = mix(owner ^ mix(file));
  const second = mix(first ^ version);
  writeHex(out, at, first);
  writeHex(out, at + 8, second);
  writeHex(out, at + 16, mix(first ^ 0x5bd1e995));
  writeHex(out, at + 24, mix(second ^ 0x1b873593));
}

/** The same as text, without quotes. */
export function etagOf(owner: number, file: number, version: number): string {
  writeEtag(scratch, 0, owner, file, version);
  return scratch.toString("latin1");
}

function writeHex(out: Uint8Array, at: number, word: number): void {
  for (let digit = 0; digit < 8; digit++) out[at + digit] = Number(HEX[(word >>> (28 - digit * 4)) & 15]);
}
