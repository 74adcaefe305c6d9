import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

/** Whether a command can be started here; `args` should make it end at once. */
export function isInstalled(command: string, ...args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "ignore" });
    child.on("error", () => {
      resolve(false);
    });
    // Not every tool ends its `--version` with 0.
    child.on("close", () => {
      resolve(true);
    });
  });
}

/**
 * Runs a command to its end and gives what it wrote to stdout.
 *
 * @throws Error with what it wrote to stderr when it fails
 */
export async function runTool(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, {
    env: { ...process.env, ...env },
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout;
}
