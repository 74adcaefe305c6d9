import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect } from "vitest";

/** Path of the latest state written by a run: the working copy if it could not be published, otherwise the file. */
export function written(file: string): string {
  const [left, ...others] = readdirSync(dirname(file)).filter((name) => name.startsWith(`.${basename(file)}.run-`));
  expect(others).toEqual([]);
  return left === undefined ? file : join(dirname(file), left, "copy.duckdb");
}

/** Copies a DuckDB file with its log, so that inspecting it doesn't recover the file before the next run does. */
export function copyToLookAt(file: string, copy: string): string {
  copyFileSync(file, copy);
  if (existsSync(`${file}.wal`)) copyFileSync(`${file}.wal`, `${copy}.wal`);
  return copy;
}
