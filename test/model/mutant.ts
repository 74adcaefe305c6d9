import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Patch } from "./faults.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A copy of the built product with a fault in it. */
export interface Mutant {
  /** Folder of its compiled `src/`, for BFA_MODEL_DIST. */
  dist: string;
  remove(): void;
}

/**
 * Copies the built product and patches the copy.
 *
 * @throws RangeError when a patch's text doesn't occur exactly once: the product has changed, and so must the patch
 */
export function makeMutant(patches: readonly Patch[]): Mutant {
  const folder = mkdtempSync(join(tmpdir(), "bfa-mutant-"));
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    cpSync(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
    cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const dist = join(folder, "dist/src/");
    for (const { file, find, replace } of patches) {
      const path = join(dist, file);
      const [before, after, ...more] = readFileSync(path, "utf8").split(find);
      if (before === undefined || after === undefined || more.length > 0) {
        throw new RangeError(`${file} must hold ${JSON.stringify(find)} exactly once`);
      }
      writeFileSync(path, before + replace + after);
    }
    return { dist, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
