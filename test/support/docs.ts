import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { CLI } from "./cli.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Paths of the README and all pages of the docs. */
export const PAGES: readonly string[] = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .sort(),
];

/** The pages whose commands are run in order; examples of queries are run with their definitions. */
export const RUN_PAGES = PAGES.filter((page) => page === "README.md" || page.startsWith("docs/how-to/"));

/** The fenced blocks of a page in a language, in order. */
export function blocksOf(page: string, language: string): string[] {
  const fences = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return [...readFileSync(join(ROOT, page), "utf8").matchAll(fences)].map(([, block = ""]) => block);
}

/** How a program ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a bash script in a folder, where `bfa` and `npx` with this package's name run the built command. */
export async function runScript(script: string, folder: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const commands = {
    bfa: `exec "${process.execPath}" "${CLI}" "$@"`,
    npx: `test "$1" = binance-futures-availability && shift && exec "${process.execPath}" "${CLI}" "$@"`,
  };
  for (const [name, line] of Object.entries(commands)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const child = spawn("bash", ["-c", `set -eux\n${script}`], {
    cwd: folder,
    env: { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}

/** The commands of a page as one script; for pages other than the README it creates a database first. */
export function scriptOf(page: string): string {
  return [...(page === "README.md" ? [] : ["bfa update"]), ...blocksOf(page, "sh")].join("\n");
}
