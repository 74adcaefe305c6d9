import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Whether a path is a folder that belongs to this user and that nobody else can write to; links don't count. */
export function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === (process.geteuid?.() ?? 0) && (found.mode & 0o077) === 0;
}

/** What follows the prefix in a folder's name: the characters of `mkdtemp`, or the beginning of a SHA-256. */
const TAGS = { random: /^[A-Za-z0-9]{6}$/, checksum: /^[0-9a-f]{16}$/ } as const;
export type FolderTag = keyof typeof TAGS;

/**
 * Paths of this user's own folders whose name is a prefix and a tag. One whose name only begins like that belongs to
 * another file: `.a.db.run-2.run-Xy12Zz` to `a.db.run-2`, not to `a.db`.
 */
export function ownFolders(parent: string, prefix: string, tag: FolderTag): string[] {
  return readdirSync(parent)
    .filter((name) => name.startsWith(prefix) && TAGS[tag].test(name.slice(prefix.length)))
    .map((name) => join(parent, name))
    .filter(isOwnFolder);
}

/**
 * Removes what killed commands left: the {@link ownFolders}.
 *
 * @param untouchedMs keeps folders in which something was created or removed more recently, ms
 */
export function removeLeftovers(parent: string, prefix: string, tag: FolderTag, untouchedMs: number): void {
  for (const path of ownFolders(parent, prefix, tag)) {
    if (Date.now() - lstatSync(path).mtimeMs >= untouchedMs) rmSync(path, { recursive: true, force: true });
  }
}
