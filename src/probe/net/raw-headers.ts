/**
 * The value of a header among raw ones, names and values by turns, by its name in lower case; those of a repeated one
 * with a comma between them; undefined when it isn't there. Four values of a HEAD's answer are asked for, and making an
 * object of all its headers took a twelfth of the CPU that a HEAD cost.
 */
export function rawHeader(headers: readonly Buffer[], name: string): string | undefined {
  let found: string | undefined;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const key = headers[at];
    if (key?.length !== name.length || key.toString("latin1").toLowerCase() !== name) continue;
    const value = headers[at + 1]?.toString("latin1") ?? "";
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}
