import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect } from "vitest";

/** What a run has last written of a file: the copy that it left when it could not publish it, else the file itself. */
export function written(file: string): string {
  const [left, ...others] = readdirSync(dirname(file)).filter((name) => name.startsWith(`.${basename(file)}.run-`));
  expect(others).toEqual([]);
  return left === undefined ? file : join(dirname(file), left, "copy.duckdb");
}

/** Copies a DuckDB file with its log, so that looking at it doesn't recover the file for the next run. */
export function copyToLookAt(file: string, copy: string): string {
  copyFileSync(file, copy);
  if (existsSync(`${file}.wal`)) copyFileSync(`${file}.wal`, `${copy}.wal`);
  return copy;
}
