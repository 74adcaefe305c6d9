import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { History } from "../../src/replica/history.js";
import type { ReplicaOptions } from "../../src/replica/replica.js";
import { syntheticHistory, type SyntheticOptions } from "../../src/replica/synthetic.js";
import { startReplicaThread } from "../../src/threads/replica-thread.js";
import { classifySymbol } from "../../src/vision/symbol.js";
import { sharedCertificate } from "./certificate.js";
import { runCli, startCli } from "./cli.js";
import { soundness, temporaryFolder } from "./database.js";

/** A synthetic history, with the data that a test compares the table with. */
export interface World {
  history: History;
  /** The symbols that a run probes by default: all except delivery contracts. */
  symbols: string[];
  /** For {@link replicaTest}. */
  source: { type: "synthetic" } & SyntheticOptions;
}

/** Generates a history in this thread exactly as the replica generates it in its thread. */
export function syntheticWorld(options: SyntheticOptions): World {
  const history = syntheticHistory(options);
  const symbols = history.folders
    .map(({ symbol }) => symbol)
    .filter((symbol) => classifySymbol(symbol).class !== "delivery");
  return { history, symbols, source: { type: "synthetic", ...options } };
}

/**
 * The test function for a test file whose commands use one replica. Each test gets:
 *
 * - `replica`: one for the file, in its own thread; its counts start at zero in every test
 * - `counted`: for fixtures of the file, whose first test may already have a `replica`: does some work, and returns its
 *   result with the replica's counts, which are zero again afterwards
 * - `folder`: path of a folder that is the same in every test of the file and is emptied before each
 * - `db`: path of a file in that folder that doesn't exist yet
 * - `ca`: path of the authority's certificate, outside `folder`; a test with its own server overwrites it
 * - `env`: environment variables that pass all of these to a command
 * - `bfa`, `start`: run the built CLI in that environment to its end, or start it as a separate process
 * - `expectSound`: fails unless the counts match the rows and no row appears twice
 */
export function replicaTest(options: ReplicaOptions) {
  return test
    .extend("replicaThread", { scope: "file" }, async ({}, { onCleanup }) => {
      const replica = await startReplicaThread({ certificate: await sharedCertificate(), ...options });
      onCleanup(() => replica.close());
      return replica;
    })
    .extend("replica", async ({ replicaThread }) => {
      await replicaThread.resetStats();
      return replicaThread;
    })
    .extend("counted", { scope: "file" }, ({ replicaThread }) => {
      return async <Result>(work: () => Promise<Result>) => {
        await replicaThread.resetStats();
        const result = await work();
        const stats = await replicaThread.stats();
        await replicaThread.resetStats();
        return { result, stats };
      };
    })
    .extend("root", { scope: "file" }, ({}, { onCleanup }) => {
      const { path, remove } = temporaryFolder();
      onCleanup(remove);
      return path;
    })
    .extend("folder", ({ root }, { onCleanup }) => {
      const folder = join(root, "work");
      mkdirSync(folder);
      onCleanup(() => {
        rmSync(folder, { recursive: true, force: true });
      });
      return folder;
    })
    .extend("db", ({ folder }) => join(folder, "a.duckdb"))
    .extend("ca", ({ root, replica }) => {
      const ca = join(root, "ca.pem");
      writeFileSync(ca, replica.ca);
      return ca;
    })
    .extend("env", ({ db, ca, replica }): NodeJS.ProcessEnv => {
      return { BFA_DB: db, BFA_ENDPOINT: replica.url, BFA_LIST_ENDPOINT: replica.listUrl, BFA_CA: ca };
    })
    .extend("bfa", ({ env }) => {
      return (...args: string[]) => runCli(args, env);
    })
    .extend("start", ({ env }) => {
      return (...args: string[]) => startCli(args, env);
    })
    .extend("expectSound", ({ db }) => async (file = db): Promise<void> => {
      expect(await soundness(file)).toEqual({ wrongCounts: 0, duplicates: 0 });
    });
}
