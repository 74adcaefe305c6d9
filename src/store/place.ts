import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Why a file must be written itself, in words; undefined when a copy can take its place. */
export function whyInPlace(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  if (isMountPoint(file)) return "it is mounted by itself";
  if (!isWritable(dirname(file))) return "its folder can't be written";
  const { uid, gid } = statSync(file);
  // Only root can give a file to another user.
  const user = process.geteuid?.() ?? uid;
  if (user === 0) return undefined;
  const groups = [process.getegid?.() ?? gid, ...(process.getgroups?.() ?? [])];
  return uid === user && groups.includes(gid) ? undefined : "it belongs to another user";
}

/** Whether this user may write a file or make files in a folder. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether something is mounted at a path, which can't be renamed then: `docker run -v ./a.duckdb:/data/a.duckdb`. */
function isMountPoint(path: string): boolean {
  const table = "/proc/self/mountinfo";
  if (!existsSync(table)) return statSync(path).dev !== statSync(dirname(path)).dev;
  return readFileSync(table, "utf8")
    .split("\n")
    .some((line) => unescaped(line.split(" ")[4] ?? "") === path);
}

/** Blanks and the like are octal in the table. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
