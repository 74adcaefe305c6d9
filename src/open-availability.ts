import {
  readExportOptions,
  readStalenessOptions,
  readValidateOptions,
  type ExportOptions,
  type StalenessOptions,
  type ValidateOptions,
} from "./availability-options.js";
import type { CheckFinding, ValidationFacts } from "./check/validate.js";
import { UsageError } from "./errors.js";
import { checkText } from "./options/checks.js";
import { optionsObject } from "./options/read-options.js";
import { ask } from "./query/ask.js";
import { readArguments, type Arguments, type InputsOf } from "./query/arguments.js";
import type { FreeQuery, Query } from "./query/define.js";
import {
  checkDownloadFormat,
  readFilesOptions,
  readVerifyOptions,
  type FilesOptions,
  type VerifyOptions,
} from "./files-options.js";
import { downloadPieces, type DownloadFormatName } from "./files/download-formats.js";
import type { FileList, FileListFacts, FileToFetch } from "./files/list.js";
import type { VerificationFacts, VerifiedFile } from "./files/verify.js";
import type { ExportedFile } from "./query/export.js";
import type { FactsOf } from "./query/facts.js";
import { QUERIES, QUERY_NAMES, type AnyQuery, type DefinitionOf, type QueryName } from "./query/registry.js";
import type { RunRow, StatusFacts } from "./query/status.js";
import type universeOver from "./query/universe-over.js";
import type { ChangeRow, MemberRow } from "./query/universe-over/rows.js";
import type { Store } from "./store/open.js";
import { columnNames, type JsonValue, type RowOf } from "./text/columns.js";

/** A row of the answer to an SQL query, by column name. */
export type SqlRow = Record<string, JsonValue>;

/** The answer to an SQL query. */
export interface SqlRows {
  /** Column names, in order. */
  columns: readonly string[];
  rows: SqlRow[];
}

/** What the file contains, how complete it is, and its last runs, latest first. */
export interface StatusAnswer extends StatusFacts {
  runs: RunRow[];
}

/** Results of the checks, with their findings. */
export interface ValidationAnswer extends ValidationFacts {
  findings: CheckFinding[];
}

/** Files to fetch: their totals, and the files one by one, so that a long list need not fit into memory. */
export interface FilesAnswer extends FileListFacts {
  /** Sorted by date and symbol. They can be read once, as rows or as text, while the file is open. */
  files: AsyncIterable<FileToFetch>;
  /**
   * The files as text for a downloader, some lines at a time: `urls` for wget, `aria2`, `s5cmd`, `curl`, or `tsv`. Run
   * the tool in the download folder.
   *
   * @throws UsageError when there is no such format
   */
  text(format: DownloadFormatName): AsyncIterable<string>;
}

/** How a folder of downloads compares with the index, and what is wrong with it. */
export interface VerifyAnswer extends VerificationFacts {
  files: VerifiedFile[];
}

/** The properties of a type in one object, as an editor should show them. */
type Flat<T> = { [Key in keyof T]: T[Key] };

/** Arguments of a query, in one object. */
export type QueryArguments<Name extends QueryName> =
  DefinitionOf<Name> extends { args: infer A extends Arguments } ? Flat<InputsOf<A>> : never;

/** Answer of a query: facts and rows in one object, named as in the command's JSON. */
export type QueryAnswer<Name extends QueryName> =
  DefinitionOf<Name> extends Query<Arguments, infer F, infer C>
    ? Flat<FactsOf<F> & { rows: Flat<RowOf<C>>[] }>
    : SqlRows;

/**
 * Arguments that define a universe over time. They can include the `definition` from an earlier answer, which the other
 * arguments override.
 */
export type UniverseOverArguments =
  | Flat<InputsOf<Omit<(typeof universeOver)["args"], "changes">>>
  | Flat<Partial<InputsOf<Omit<(typeof universeOver)["args"], "changes">>> & { definition: JsonValue }>;

/** A universe over time: facts about it, and a row for each member on each rebalancing day. */
export type UniverseOverAnswer = Flat<FactsOf<(typeof universeOver)["facts"]> & { rows: MemberRow[] }>;

/** The entries and exits of a universe over time: facts about it, and a row for each. */
export type UniverseChangesAnswer = Flat<FactsOf<(typeof universeOver)["facts"]> & { rows: ChangeRow[] }>;

/** The queries as methods, named as on the command line. Arguments may be omitted if none is required. */
export type QueryMethods = {
  readonly [Name in QueryName]: object extends QueryArguments<Name>
    ? (args?: QueryArguments<Name>) => Promise<QueryAnswer<Name>>
    : (args: QueryArguments<Name>) => Promise<QueryAnswer<Name>>;
};

/**
 * A database file that is open for queries. Options and arguments are checked before any work; a UsageError names the
 * invalid one.
 */
export interface Availability extends QueryMethods, AsyncDisposable {
  /** Path of the file. */
  readonly file: string;
  /**
   * What the file contains, how complete it is, what is due, and its last runs.
   *
   * @throws StoreError when the file can't be read.
   * @example
   * ```ts
   * const { last_final_date, due_never_probed } = await db.status();
   * ```
   */
  status(): Promise<StatusAnswer>;
  /**
   * The reasons why the file needs attention, one sentence each; empty if it doesn't.
   *
   * @throws StoreError, UsageError
   * @example
   * ```ts
   * for (const reason of await db.staleness()) console.error(reason);
   * ```
   */
  staleness(options?: StalenessOptions): Promise<string[]>;
  /**
   * Checks the file for problems. Findings don't throw: look at `outcome`.
   *
   * @throws NotKnownError when the file is empty or lacks the day of the cross-check; StoreError, UsageError
   * @example
   * ```ts
   * const { outcome, findings } = await db.validate({ checks: ["holes", "counts"] });
   * ```
   */
  validate(options?: ValidateOptions): Promise<ValidationAnswer>;
  /**
   * The files to fetch, according to the index.
   *
   * @throws NotKnownError when too little is known for an answer; StoreError, UsageError
   * @example
   * ```ts
   * const list = await db.files({ from: "2024-01-01", to: "2024-01-31", quote: "USDT" });
   * console.log(list.file_count, list.byte_count);
   * for await (const { url, path } of list.files) console.log(url, path);
   * ```
   */
  files(options?: FilesOptions): Promise<FilesAnswer>;
  /**
   * Compares a folder of downloads with the index. Differences don't throw: look at `outcome`.
   *
   * @param folder a folder laid out like the bucket or a part of it, or flat
   * @throws NotKnownError when too little is known for an answer; UsageError when the folder can't be read; StoreError,
   * InterruptedError
   * @example
   * ```ts
   * const { outcome, files } = await db.verify("downloads", { from: "2024-01-01", to: "2024-01-31" });
   * if (outcome === "wrong") for await (const text of (await db.files({ fromVerify: files })).text("curl")) console.log(text);
   * ```
   */
  verify(folder: string, options?: VerifyOptions): Promise<VerifyAnswer>;
  /**
   * The universe of a backtest over time: chosen anew on each rebalancing day, from what was known then.
   *
   * @throws NotKnownError when too little is known about a day, an age or a window of volumes; StoreError, UsageError
   * @example
   * ```ts
   * const year = { from: "2024-01-01", to: "2024-12-31", rebalance: "monthly" } as const;
   * const { rows, definition, sha256 } = await db.universeOver({ ...year, top: 50, by: "quote_volume", buffer: 10 });
   * const again = await db.universeOver({ definition }); // the same rows, and so the same sha256
   * ```
   */
  universeOver(args: UniverseOverArguments & { changes?: false | undefined }): Promise<UniverseOverAnswer>;
  /**
   * The entries into a universe over time and the exits from it, with their reasons.
   *
   * @throws as without `changes`
   * @example
   * ```ts
   * const { rows } = await db.universeOver({ from: "2024-01-01", to: "2024-12-31", rebalance: "monthly", changes: true });
   * ```
   */
  universeOver(args: UniverseOverArguments & { changes: true }): Promise<UniverseChangesAnswer>;
  /**
   * Writes `daily_availability` to a Parquet or CSV file, by date and symbol, or `rankings`: the rank by quote volume
   * of each symbol on each day, with its changes. The file appears under its name once it is complete.
   *
   * @throws UsageError when the file can't be written, or the database has none of the requested symbols;
   * NotKnownError when rankings depend on unknown days or volumes; StoreError
   * @example
   * ```ts
   * await db.export({ format: "parquet", out: "availability.parquet", from: "2024-01-01" });
   * ```
   */
  export(options: ExportOptions): Promise<ExportedFile>;
  /**
   * Runs an SQL query like the method `sql`, and returns the rows one by one: a long answer need not fit into memory.
   *
   * @throws UsageError with DuckDB's message when the statement is invalid; StoreError
   * @example
   * ```ts
   * for await (const row of db.stream({ statement: "FROM daily_availability" })) console.log(row.symbol);
   * ```
   */
  stream(args: { statement: string }): AsyncGenerator<SqlRow, void>;
  /** Closes the file: later calls reject with a UsageError. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Opens a database file for queries. Any number of readers can share it, even while a run writes: each sees the file as
 * it was when opened.
 *
 * Each query is a method. It takes days as `YYYY-MM-DD` or as a `Date`, and returns facts and rows in one object, named
 * in snake_case as in the command's JSON. A method rejects with a NotKnownError when a day that its answer depends on
 * is not in the file, and with a UsageError when an argument is invalid.
 *
 * `await using`, which closes the file at the end of the block, needs TypeScript or Node ≥ 24; otherwise call `close()`.
 *
 * @param file path of the database
 * @throws StoreError STORE_MISSING when there is no such file, or with another code when it can't be used; UsageError
 * @example
 * ```ts
 * await using db = await openAvailability("availability.duckdb");
 * const { rows } = await db.snapshot({ date: "2024-03-01", quote: "USDT" });
 * const { first_date, holes } = await db.timeline({ symbol: "BTCUSDT" });
 * ```
 */
export async function openAvailability(file: string): Promise<Availability> {
  const { openReader } = await import("./store/open.js");
  const store = await openReader(checkText("file", file));
  let isClosed = false;
  const close = async () => {
    isClosed = true;
    await store.close();
  };
  const opened = () => {
    if (isClosed) throw new UsageError(`${file} has been closed: open it again`);
    return store;
  };
  const methods = QUERY_NAMES.map((name) => [name, methodOf(opened, name)]);
  // Each method runs the query that its type is derived from.
  const queries = Object.fromEntries(methods) as QueryMethods;
  return {
    ...queries,
    file,
    status: async () => {
      const { status } = await import("./query/status.js");
      const { facts, rows } = await status(opened());
      return { ...facts, runs: rows.flat() };
    },
    staleness: async (options = {}) => {
      const [{ status }, { staleness, DEFAULT_MAX_AGE_MS }] = await Promise.all([
        import("./query/status.js"),
        import("./check/freshness.js"),
      ]);
      const { maxAgeMs = DEFAULT_MAX_AGE_MS } = readStalenessOptions(options);
      const now = Date.now();
      return await staleness(opened(), await status(opened(), now), maxAgeMs, now);
    },
    validate: async (options = {}) => {
      const checked = readValidateOptions(options);
      const { validate } = await import("./check/validate.js");
      const { facts, rows } = await validate(opened(), checked);
      return { ...facts, findings: rows.flat() };
    },
    files: async (options = {}) => {
      const checked = readFilesOptions(options);
      const { listFiles } = await import("./files/list.js");
      return filesAnswer(await listFiles(opened(), checked));
    },
    verify: async (folder, options = {}) => {
      const [place, checked] = [checkText("folder", folder), readVerifyOptions(options)];
      const { verifyFolder } = await import("./files/verify.js");
      const { facts, rows } = await verifyFolder(opened(), place, checked);
      return { ...facts, files: rows };
    },
    export: async (options) => {
      const checked = readExportOptions(options);
      const { exportRows } = await import("./query/export.js");
      return await exportRows(opened().file, checked);
    },
    // The type of the rows depends on `changes`.
    universeOver: ((given: object) => askUniverse(opened, given)) as Availability["universeOver"],
    stream: (args) => streamRows(opened, args),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function filesAnswer(list: FileList): FilesAnswer {
  return {
    ...list.facts,
    files: eachOf(list.rows),
    text: (format) => downloadPieces(list, checkDownloadFormat("format", format)),
  };
}

async function* eachOf<Row>(rows: AsyncIterable<readonly Row[]>): AsyncGenerator<Row, void> {
  for await (const some of rows) yield* some;
}

function methodOf(opened: () => Store, name: QueryName): (given?: object) => Promise<object> {
  // Imported once: `import()` takes time even if the module is loaded.
  let loaded: Promise<{ default: AnyQuery }> | undefined;
  return async (given = {}) => {
    loaded ??= QUERIES[name]();
    const query = (await loaded).default;
    const store = opened();
    if (query.reads === "file") return await readAll(query, store.file, given);
    const args = readArguments(query.args, optionsObject(given));
    const { facts, rows } = await ask(query, store, args);
    return { ...facts, rows };
  };
}

async function askUniverse(opened: () => Store, given: object) {
  const [{ default: query }, { withDefinition }] = await Promise.all([
    import("./query/universe-over.js"),
    import("./query/universe-over/definition.js"),
  ]);
  const { facts, rows } = await ask(query, opened(), readArguments(query.args, withDefinition(optionsObject(given))));
  return { ...facts, rows };
}

async function openAnswer(query: FreeQuery<Arguments>, file: string, given: object) {
  return await query.run(file, readArguments(query.args, optionsObject(given)));
}

async function readAll(query: FreeQuery<Arguments>, file: string, given: object): Promise<SqlRows> {
  const answer = await openAnswer(query, file, given);
  const rows: SqlRow[] = [];
  for await (const some of answer.rows) rows.push(...some);
  return { columns: columnNames(answer), rows };
}

async function* streamRows(opened: () => Store, given: object): AsyncGenerator<SqlRow, void> {
  const answer = await openAnswer((await QUERIES.sql()).default, opened().file, given);
  try {
    for await (const some of answer.rows) yield* some;
  } finally {
    await answer.close();
  }
}
