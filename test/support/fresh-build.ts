import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Time of the newest file below a folder that `isWanted` accepts, ms since the Unix epoch; 0 if there is none. */
function newest(folder: string, isWanted: (name: string) => boolean): number {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter(
    (entry) => entry.isFile() && isWanted(entry.name),
  );
  return Math.max(0, ...files.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
}

function timeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Vitest's global set-up. The tests use the build, so they are refused if the sources are newer. */
export default function requireFreshBuild(): void {
  const sources = ["src", "workers", "bench", "web"].map((folder) =>
    newest(join(root, folder), (name) => /\.(ts|css|html)$/.test(name)),
  );
  // The build starts from an empty folder and writes this file every time.
  const built = timeOf(join(root, "dist/src/index.js"));
  if (Math.max(...sources) <= built) return;
  process.stderr.write("dist/ is older than the sources: run npm run build\n");
  process.exit(1);
}
