import { readFileSync } from "node:fs";

/**
 * Address space that a command with threads and connections of its own reserves, GiB. It is no memory: V8 keeps 10 GiB free
 * around each parser of HTTP, and ends the process without a word where it can't.
 */
const NEEDED_GIB = 32;

/** Why a process hasn't room for such a command, in words; undefined when it has, or where the system doesn't say. */
export function addressSpaceShortage(limits = "/proc/self/limits"): string | undefined {
  const bytes = Number(/^Max address space +(\d+) /m.exec(textOf(limits))?.[1] ?? Infinity);
  if (bytes >= NEEDED_GIB * 2 ** 30) return undefined;
  return (
    `the limit of address space (ulimit -v) is ${(bytes / 2 ** 30).toFixed(1)} GiB: ` +
    `commands that use the network reserve ${NEEDED_GIB}, nearly all of it unused; raise it`
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
