import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A program's version, or undefined if it isn't installed. */
export function versionOf(program: string, args: readonly string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 ? (stdout || stderr).trim().split("\n")[0] : undefined;
}

/** Prints on stderr what a comparison runs against, or that it is skipped. */
export function announce(peer: string, version: string | undefined): void {
  process.stderr.write(version === undefined ? `${peer}: not installed, skipped\n` : `${peer}: ${version}\n`);
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Starts a program and waits until `ready` no longer throws. */
export async function startProgram(
  program: string,
  args: readonly string[],
  ready: () => Promise<unknown>,
): Promise<{ stop: () => Promise<void> }> {
  const child = spawn(program, args, { stdio: "ignore" });
  const exited = once(child, "exit");
  for (let attempt = 0; ; attempt++) {
    try {
      await ready();
      return { stop: () => stop(child, exited) };
    } catch (cause) {
      if (attempt === 200 || child.exitCode !== null) throw new Error(`${program} doesn't answer`, { cause });
      await sleep(50);
    }
  }
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill();
  await exited;
}
