import { createHash } from "node:crypto";
import { copyFileSync, cpSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECK_NAMES } from "../../../src/check/registry.js";
import { openAvailability } from "../../../src/open-availability.js";
import { compare } from "../../../src/publish/compare.js";
import { DATABASE, MANIFEST, type Manifest } from "../../../src/publish/manifest.js";
import { publish } from "../../../src/publish/publish.js";
import { pull } from "../../../src/publish/pull.js";
import { EXPORT_FORMATS } from "../../../src/query/export.js";
import { QUERIES, QUERY_NAMES, type AnyQuery } from "../../../src/query/registry.js";
import { importFile } from "../../../src/run/import.js";
import { changeFile } from "../../../src/store/change-file.js";
import type { Workshop } from "./making.js";

/** A command that opens a database from somebody else. */
export interface OpeningCommand {
  name: string;
  /** Whether it writes to the database itself. */
  writes: boolean;
  /**
   * Runs it.
   *
   * @param file the database
   * @param place an empty folder, the only place beside the database where it may write
   * @returns its answer
   */
  run: (file: string, place: string) => Promise<unknown>;
}

/** Every command that opens a database: one for each query with each of its examples, each check, each format. */
export async function openingCommands({ sound, publication }: Workshop): Promise<OpeningCommand[]> {
  return [
    ...(await Promise.all(QUERY_NAMES.map(queryCommands))).flat(),
    reading("status", (db) => db.status()),
    reading("staleness", (db) => db.staleness()),
    // The cross-check asks the exchange first.
    ...CHECK_NAMES.filter((check) => check !== "cross-check").map((check) =>
      reading(`validate ${check}`, (db) => db.validate({ checks: [check] })),
    ),
    ...EXPORT_FORMATS.map((format) =>
      reading(`export ${format}`, (db, place) => db.export({ format, out: join(place, `out.${format}`) })),
    ),
    reading("export some", (db, place) => db.export({ format: "csv", out: join(place, "some.csv"), quote: "USDT" })),
    {
      ...{ name: "import", writes: false },
      run: (file, place) => importFile({ db: copied(sound, join(place, "own.duckdb")), file }),
    },
    { name: "compare", writes: false, run: (file) => compare(file, sound) },
    { name: "publish", writes: false, run: (file, place) => publish(file, join(place, "public")) },
    {
      ...{ name: "pull", writes: false },
      run: (file, place) => pull(tampered(publication, file, join(place, "public")), join(place, "own.duckdb")),
    },
    {
      ...{ name: "pull over the database", writes: true },
      run: (file) => pull(publication, file),
    },
    // What every run does with the file before its first request and after its last one.
    { name: "update", writes: true, run: (file) => changeFile(file, { waitMs: 0 }, () => Promise.resolve("changed")) },
  ];
}

async function queryCommands(name: (typeof QUERY_NAMES)[number]): Promise<OpeningCommand[]> {
  const query: AnyQuery = (await QUERIES[name]()).default;
  return query.examples.map(({ args }, at) =>
    // Every method accepts the arguments of its definition's examples.
    reading(`query ${name} (${at + 1})`, (db) => (db[name] as (args: object) => Promise<unknown>)(args)),
  );
}

function reading(
  name: string,
  use: (db: Awaited<ReturnType<typeof openAvailability>>, place: string) => Promise<unknown>,
): OpeningCommand {
  return {
    ...{ name, writes: false },
    run: async (file, place) => {
      const db = await openAvailability(file);
      try {
        return await use(db, place);
      } finally {
        await db.close();
      }
    },
  };
}

function copied(from: string, to: string): string {
  copyFileSync(from, to);
  return to;
}

/** A publication with another database and the matching checksum. */
function tampered(publication: string, database: string, folder: string): string {
  cpSync(publication, folder, { recursive: true });
  copyFileSync(database, join(folder, DATABASE));
  const sha256 = createHash("sha256").update(readFileSync(database)).digest("hex");
  const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) as Manifest;
  const files = manifest.files.map((file) =>
    file.path === DATABASE ? { ...file, sha256, bytes: statSync(database).size } : file,
  );
  writeFileSync(join(folder, MANIFEST), JSON.stringify({ ...manifest, files }));
  return folder;
}
