import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect } from "vitest";
import { describeError, EXIT, exitCodeOf } from "../../../src/cli/exit.js";
import type { OpeningCommand } from "./commands.js";
import type { HostileFile } from "./grammar.js";
import { makeFile, SECRET, type Workshop } from "./making.js";

/** The secret, in the forms in which an answer may contain it. */
const FORMS = [SECRET, Buffer.from(SECRET).toString("hex"), Buffer.from(SECRET).toString("base64").slice(0, -4)];

/** How a command ended, in words, for counting. */
export type Ending = "answered" | "refused";

/**
 * Makes a file and opens it with a command. The command must answer or refuse in one line with a documented exit code.
 * The canary's text must not be in anything that it prints or writes, and it must change nothing except its own output.
 */
export async function holds(
  workshop: Workshop,
  hostile: HostileFile,
  commands: readonly OpeningCommand[],
): Promise<Map<string, Ending>> {
  const house = join(workshop.folder, "house");
  rmSync(house, { recursive: true, force: true });
  mkdirSync(house);
  const made = join(house, "made.duckdb");
  await makeFile(workshop, hostile, made);
  const file = join(house, "a.duckdb");
  const lock = join(house, ".a.duckdb.lock");
  const endings = new Map<string, Ending>();
  for (const command of commands) {
    copyFileSync(made, file);
    const place = join(house, "place");
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place);
    const before = stateOf(workshop.folder, [lock, place]);
    const { ending, output } = await runs(command, file, place);
    endings.set(command.name, ending);
    const what = `${command.name}: ${output.slice(0, 2_000)}`;
    expectNoSecret(output, what);
    const after = stateOf(workshop.folder, [lock, place]);
    if (command.writes) for (const state of [before, after]) state.delete(file);
    expect(after, what).toEqual(before);
    for (const path of filesBelow(place).concat(command.writes ? file : [])) {
      expectNoSecret(readFileSync(path, "latin1"), `${what}\n${path}`);
      if (ending === "answered") expectNoSecret(await rowsIn(path), `${what}\n${path}`);
    }
  }
  return endings;
}

async function runs({ run }: OpeningCommand, file: string, place: string): Promise<{ ending: Ending; output: string }> {
  try {
    return { ending: "answered", output: JSON.stringify((await run(file, place)) ?? null) };
  } catch (error) {
    const output = describeError(error);
    expect(output, error instanceof Error ? error.stack : "").not.toMatch(/\n|^bfa: unexpected error/);
    expect(Object.values(EXIT)).toContain(exitCodeOf(error));
    return { ending: "refused", output };
  }
}

function expectNoSecret(text: string, what: string): void {
  expect(
    FORMS.filter((form) => text.includes(form)),
    what,
  ).toEqual([]);
}

/** The content of every file below a folder, except for some. */
function stateOf(folder: string, except: readonly string[]): Map<string, string> {
  const paths = filesBelow(folder).filter((path) => !except.some((one) => path.startsWith(one)));
  return new Map(paths.map((path) => [path, createHash("sha1").update(readFileSync(path)).digest("hex")]));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/**
 * The rows of a DuckDB or Parquet file, whose texts may be compressed. Views are left out: they are evaluated, not
 * stored.
 */
async function rowsIn(path: string): Promise<string> {
  if (!/\.(?:duckdb|parquet)$/.test(path)) return "";
  const isParquet = path.endsWith(".parquet");
  const instance = await DuckDBInstance.create(
    isParquet ? ":memory:" : path,
    isParquet ? {} : { access_mode: "READ_ONLY" },
  );
  const connection = await instance.connect();
  try {
    const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
    if (isParquet) return JSON.stringify(await rows(`FROM '${path}'`));
    // The file may have macros that replace any other function.
    const tables = (await rows(
      "SELECT schema_name, table_name, sql FROM system.main.duckdb_tables() WHERE database_name = system.main.current_database()",
    )) as [schema: string, name: string, sql: string][];
    const plain = tables.filter(([, , sql]) => !sql.includes("GENERATED"));
    const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
    return JSON.stringify(
      await Promise.all(plain.map(([schema, name]) => rows(`FROM ${quoted(schema)}.${quoted(name)}`))),
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
