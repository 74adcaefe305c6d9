import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Why a file must be written in place, as text; undefined if a copy can replace it. */
export function whyInPlace(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  if (isMountPoint(file)) return "it is a mount point";
  if (!isWritable(dirname(file))) return "its folder is not writable";
  const { uid, gid } = statSync(file);
  // Only root can give a file to another user.
  const user = process.geteuid?.() ?? uid;
  if (user === 0) return undefined;
  const groups = [process.getegid?.() ?? gid, ...(process.getgroups?.() ?? [])];
  return uid === user && groups.includes(gid) ? undefined : "it belongs to another user";
}

/** Whether this user may write to a file or create files in a folder. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a path is a mount point, which can't be renamed: `docker run -v ./a.duckdb:/data/a.duckdb`. */
function isMountPoint(path: string): boolean {
  const table = "/proc/self/mountinfo";
  if (!existsSync(table)) return statSync(path).dev !== statSync(dirname(path)).dev;
  return readFileSync(table, "utf8")
    .split("\n")
    .some((line) => unescaped(line.split(" ")[4] ?? "") === path);
}

/** Decodes spaces and similar characters, which are octal in the table of mounts. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
