import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./database.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The package as npm installs it, in a user's project. */
export interface InstalledPackage {
  /** The user's folder. */
  folder: string;
  /** The package's folder in it. */
  package: string;
  /** Writes a file of the user. */
  write(name: string, text: string): void;
  /** Runs Node in the user's folder to its end. */
  node(...args: string[]): Promise<Ended>;
  remove(): void;
}

/** A process that ended, with all its output. */
export interface Ended {
  code: number | null;
  output: string;
}

interface LockedPackage {
  dev?: boolean;
}

/**
 * Packs the build and unpacks it in an empty folder, with links to the packages of a production install and to nothing
 * else, so that a missing dependency is noticed.
 */
export function installPackage(): InstalledPackage {
  const { path: folder, remove } = temporaryFolder();
  const tarball = packInto(folder);
  const modules = join(folder, "node_modules");
  const own = join(modules, "binance-futures-availability");
  mkdirSync(own, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", own, "--strip-components=1"]);
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    const isTopLevel = path.startsWith("node_modules/") && path.indexOf("node_modules/", 1) < 0;
    if (dev === true || !isTopLevel || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(root, path), join(folder, path));
  }
  writeFileSync(join(folder, "package.json"), USER_PACKAGE);
  return usersFolder(folder, remove);
}

/**
 * Packs the build and has npm install it with its dependencies into an empty folder, from npm's cache or the registry.
 *
 * @throws Error when npm can't, with the word "unreachable" when the registry doesn't answer
 */
export function installByNpm(): InstalledPackage {
  const { path: folder, remove } = temporaryFolder();
  const tarball = packInto(folder);
  writeFileSync(join(folder, "package.json"), USER_PACKAGE);
  npmInstall(folder, tarball);
  return usersFolder(folder, remove);
}

/**
 * Has npm install a package into a folder, without running its scripts.
 *
 * @throws Error when npm can't, with the word "unreachable" when the registry doesn't answer
 */
export function npmInstall(folder: string, what: string): void {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
  const args = ["install", ...quiet, "--prefer-offline", "--fetch-retries", "1", "--prefix", folder, what];
  const { status, stderr } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
  if (status === 0) return;
  const isUnreachable = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b/.test(stderr);
  throw new Error(`npm can't install ${what}${isUnreachable ? ": its registry is unreachable" : ""}\n${stderr}`);
}

const USER_PACKAGE = '{ "name": "user", "private": true }';

/** Packs the build and returns the path of the tarball. */
function packInto(folder: string): string {
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  return join(folder, execFileSync("npm", args, { cwd: root, encoding: "utf8" }).trim());
}

function usersFolder(folder: string, remove: () => void): InstalledPackage {
  return {
    folder,
    package: join(folder, "node_modules/binance-futures-availability"),
    write: (name, text) => {
      writeFileSync(join(folder, name), text);
    },
    node: (...args) => runToEnd(process.execPath, args, folder),
    remove,
  };
}

/** Runs a program to its end. */
export function runToEnd(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
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
