import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

/** Whether a command can be started; `args` should make it end immediately. */
export function isInstalled(command: string, ...args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "ignore" });
    child.on("error", () => {
      resolve(false);
    });
    // Not every tool exits with 0 for `--version`.
    child.on("close", () => {
      resolve(true);
    });
  });
}

/**
 * Runs a command to its end and returns its stdout.
 *
 * @throws Error with its stderr if it fails
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
