import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Whether a path is a folder that belongs to this user and that nobody else can write to; links don't count. */
export function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === (process.geteuid?.() ?? 0) && (found.mode & 0o077) === 0;
}

/**
 * Removes what killed commands left: this user's own folders whose names begin with a prefix.
 *
 * @param untouchedMs keeps folders in which something was created or removed more recently, ms
 */
export function removeLeftovers(parent: string, prefix: string, untouchedMs: number): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (!name.startsWith(prefix) || !isOwnFolder(path)) continue;
    if (Date.now() - lstatSync(path).mtimeMs >= untouchedMs) rmSync(path, { recursive: true, force: true });
  }
}
