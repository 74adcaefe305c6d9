import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../support/database.js";

const module = (name: string) => JSON.stringify(new URL(`../../dist/src/threads/${name}.js`, import.meta.url).href);

it("a process whose writers were drained in the middle of DuckDB calls can exit", () => {
  const folder = temporaryFolder();
  const script = `
    const { WriterClient } = await import(${module("writer-client")});
    const { drainWriters } = await import(${module("writer-thread")});
    const writer = new WriterClient();
    await writer.call("open", ${JSON.stringify(join(folder.path, "a.duckdb"))}, new SharedArrayBuffer(4));
    const calls = Array.from({ length: 20_000 }, () => writer.call("announcedDelistings", 0));
    await calls[0];
    await drainWriters();
    process.exit(143);`;
  const file = join(folder.path, "exit.mjs");
  writeFileSync(file, script);
  try {
    const { status, signal, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
    expect({ status, signal, stderr }).toEqual({ status: 143, signal: null, stderr: "" });
  } finally {
    folder.remove();
  }
});
