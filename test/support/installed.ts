import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./database.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The package as npm installs it, beside the project of a user. */
export interface InstalledPackage {
  /** The user's folder. */
  folder: string;
  /** The package's own folder in it. */
  package: string;
  /** Writes a file of the user's. */
  write(name: string, text: string): void;
  /** Runs Node in the user's folder to its end. */
  node(...args: string[]): Promise<{ code: number | null; output: string }>;
  remove(): void;
}

interface LockedPackage {
  dev?: boolean;
}

/**
 * Packs the build and unpacks it in an empty folder, beside links to what a production install brings, and to nothing
 * else: what needs more doesn't find it.
 */
export function installPackage(): InstalledPackage {
  const { path: folder, remove } = temporaryFolder();
  const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
  });
  const modules = join(folder, "node_modules");
  const own = join(modules, "binance-futures-availability");
  mkdirSync(own, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, packed.trim()), "-C", own, "--strip-components=1"]);
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    const isTopLevel = path.startsWith("node_modules/") && path.indexOf("node_modules/", 1) < 0;
    if (dev === true || !isTopLevel || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(root, path), join(folder, path));
  }
  writeFileSync(join(folder, "package.json"), '{ "name": "user", "private": true }');
  return {
    folder,
    package: own,
    write: (name, text) => {
      writeFileSync(join(folder, name), text);
    },
    node: (...args) => run(folder, args),
    remove,
  };
}

function run(cwd: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}
