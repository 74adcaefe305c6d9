import { build } from "esbuild";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Patch } from "./faults.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The product with a fault. */
export interface Mutant {
  /** Folder of its compiled `src/`, for BFA_MODEL_DIST. */
  dist: string;
  remove(): void;
}

/**
 * Copies the sources, patches the copy and compiles it, file by file.
 *
 * @throws RangeError when a patch's text doesn't occur exactly once: the product has changed, and so must the patch
 */
export async function makeMutant(patches: readonly Patch[]): Promise<Mutant> {
  const folder = mkdtempSync(join(tmpdir(), "bfa-mutant-"));
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const name of ["src", "workers", "package.json"])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    for (const patch of patches) {
      const path = join(folder, "src", patch.file);
      writeFileSync(path, applied(readFileSync(path, "utf8"), patch));
    }
    await build({
      absWorkingDir: folder,
      entryPoints: ["src/**/*.ts", "workers/*.ts"],
      outdir: "dist",
      format: "esm",
      target: "node20.19",
      platform: "node",
      logLevel: "error",
    });
    return { dist: join(folder, "dist/src/"), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * A source with a fault.
 *
 * @throws RangeError when the patch's text doesn't occur exactly once
 */
export function applied(source: string, { file, find, replace }: Patch): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new RangeError(`${file} must hold ${JSON.stringify(find)} exactly once`);
  }
  return before + replace + after;
}
