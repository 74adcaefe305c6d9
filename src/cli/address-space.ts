import { readFileSync } from "node:fs";

/**
 * Address space that a command with threads and connections reserves, GiB. Hardly any of it becomes memory: V8 keeps
 * 10 GiB free around each HTTP parser, and ends the process without a message if it can't.
 */
const NEEDED_GIB = 32;

/** Why the process has too little address space for such a command; undefined if it has enough or the system doesn't say. */
export function addressSpaceShortage(limits = "/proc/self/limits"): string | undefined {
  const bytes = Number(/^Max address space +(\d+) /m.exec(textOf(limits))?.[1] ?? Infinity);
  if (bytes >= NEEDED_GIB * 2 ** 30) return undefined;
  return (
    `the address space limit (ulimit -v) is ${(bytes / 2 ** 30).toFixed(1)} GiB: ` +
    `commands that use the network reserve ${NEEDED_GIB} GiB, nearly all of it unused; raise the limit`
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
