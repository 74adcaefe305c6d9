import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Client } from "undici";
import type { ReplicaStats } from "../../src/replica/stats.js";
import { STATS_PATH } from "../../src/replica/server.js";
import type { BenchServer } from "./server.js";

/** The built command. */
const CLI = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** Output of `bfa replica --json` once it is ready. */
interface Ready {
  url: string;
  listUrl: string;
  caFile: string;
  files: number;
}

/** Starts `bfa replica` in a separate process, with further options. */
export async function startReplicaProcess(...options: readonly string[]): Promise<BenchServer> {
  const child = spawn(process.execPath, [CLI, "replica", "--json", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const complaint = text(child.stderr);
  // The server ends with this process, however that ends.
  const kill = () => child.kill();
  process.once("exit", kill);
  const ready = await firstLine(child.stdout);
  if (ready === undefined) throw new Error(`bfa replica ${options.join(" ")} did not start: ${await complaint}`);
  const { url, listUrl, caFile, files } = JSON.parse(ready) as Ready;
  const ca = await readFile(caFile, "utf8");
  // One connection stays open, so that requesting the counts doesn't change them.
  const control = new Client(url, { connect: { ca }, keepAliveTimeout: 3_600_000, keepAliveMaxTimeout: 3_600_000 });
  const ask = async (method: "GET" | "DELETE") => {
    const { body } = await control.request({ path: STATS_PATH, method });
    return (await body.json()) as ReplicaStats;
  };
  return {
    name: "replica",
    url,
    listUrl,
    caFile,
    ca,
    files,
    counts: async () => {
      const { connections, handshakes } = await ask("GET");
      return { connections, handshakes };
    },
    resetCounts: async () => {
      await ask("DELETE");
    },
    close: async () => {
      await control.close();
      process.off("exit", kill);
      const exited = once(child, "exit");
      child.kill();
      await exited;
    },
  };
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface(stream)) return line;
  return undefined;
}
