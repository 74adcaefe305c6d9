import { UsageError } from "../../errors.js";
import { MAX_TEXT_BYTES } from "../../text/read-text.js";

/**
 * All of stdin as text, within the limits of a file.
 *
 * @throws UsageError
 */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_TEXT_BYTES) throw new UsageError(`stdin has more than ${MAX_TEXT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder("utf-8").decode(Buffer.concat(chunks));
}
