import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

/** Whether a command can be run here, by a call that only asks for its version. */
export async function isInstalled(command: string, ...args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "ignore" });
    child.on("error", () => {
      resolve(false);
    });
    // Some print their version and end with an error code (wrk -v), so only a shell's "not found" and Python's
    // missing module count.
    child.on("close", (code) => {
      resolve(code === 0 || command === "wrk");
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
