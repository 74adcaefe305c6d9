import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { runCli } from "./cli.js";

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

/**
 * Asks the test's process to run a command line. It sends the command line with the folder and a place for the output,
 * each text followed by a NUL; the answer is the exit code. It uses only bash, because starting Node costs more than
 * most commands.
 */
const ASK = `
output=$(mktemp -d)
exec 3<>"/dev/tcp/127.0.0.1/$BFA_SERVER_PORT"
printf '%s\\0' "$#" "$output" "$PWD" "$@" >&3
read -r code <&3
cat "$output/stdout"
cat "$output/stderr" >&2
rm -r "$output"
exit "$code"
`;

/** Runs command lines that arrive from `ASK` in the kept process. */
async function serveCommands(env: NodeJS.ProcessEnv): Promise<{ port: number; close: () => void }> {
  const server = createServer((socket) => {
    let received = "";
    socket.setEncoding("utf8").on("data", (piece: string) => {
      received += piece;
      const [count, output = "", cwd = "", ...args] = received.split("\0").slice(0, -1);
      if (count === undefined || args.length < Number(count)) return;
      void runCli(args, env, cwd).then(({ code, stdout, stderr }) => {
        writeFileSync(join(output, "stdout"), stdout);
        writeFileSync(join(output, "stderr"), stderr);
        socket.end(`${String(code)}\n`);
      });
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** Runs a bash script in a folder, where `bfa` and `npx` with this package's name run the built command. */
export async function runScript(script: string, folder: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const commands = { bfa: ASK, npx: `test "$1" = binance-futures-availability || exit 127\nshift\n${ASK}` };
  for (const [name, text] of Object.entries(commands)) {
    writeFileSync(join(bin, name), `#!/bin/bash\n${text}`);
    chmodSync(join(bin, name), 0o755);
  }
  const own = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: folder, ...env };
  const server = await serveCommands(own);
  const child = spawn("bash", ["-c", `set -eux\n${script}`], {
    cwd: folder,
    env: { ...own, BFA_SERVER_PORT: String(server.port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number]>,
  ]);
  server.close();
  return { code, stdout, stderr };
}

/** The commands of a page as one script; for pages other than the README it creates a database first. */
export function scriptOf(page: string): string {
  return [...(page === "README.md" ? [] : ["bfa update"]), ...blocksOf(page, "sh")].join("\n");
}
