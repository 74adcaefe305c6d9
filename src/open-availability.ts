import {
  readExportOptions,
  readStalenessOptions,
  readValidateOptions,
  type ExportOptions,
  type StalenessOptions,
  type ValidateOptions,
} from "./availability-options.js";
import type { CheckFinding, ValidationFacts } from "./check/validate.js";
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

/** A row of an answer to a question in SQL, by the names of its columns. */
export type SqlRow = Record<string, JsonValue>;

/** The answer to a question in SQL. */
export interface SqlRows {
  /** Names of the columns in their order. */
  columns: readonly string[];
  rows: SqlRow[];
}

/** What the file holds, how far it is true, and its last runs, latest first. */
export interface StatusAnswer extends StatusFacts {
  runs: RunRow[];
}

/** What the checks say, and what they found. */
export interface ValidationAnswer extends ValidationFacts {
  findings: CheckFinding[];
}

/** Files to fetch: totals first, then the files one by one, so that a long list is never held whole. */
export interface FilesAnswer extends FileListFacts {
  /** In order of date and symbol. It can be read once, as rows or as text, while the file is open. */
  files: AsyncIterable<FileToFetch>;
  /**
   * The files as text for a downloader, some lines at a time: `urls` for wget, `aria2`, `s5cmd`, `curl`, or `tsv`. Each
   * tool is run in the folder of downloads.
   *
   * @throws UsageError when there is no such format
   */
  text(format: DownloadFormatName): AsyncIterable<string>;
}

/** How a folder of downloads compares with the index, and what is wrong in it. */
export interface VerifyAnswer extends VerificationFacts {
  files: VerifiedFile[];
}

/** The properties of a type in one object, as an editor should show them. */
type Flat<T> = { [Key in keyof T]: T[Key] };

/** What a query takes, in one object. */
export type QueryArguments<Name extends QueryName> =
  DefinitionOf<Name> extends { args: infer A extends Arguments } ? Flat<InputsOf<A>> : never;

/** What a query answers: facts and rows in one object, named as in the JSON of the command. */
export type QueryAnswer<Name extends QueryName> =
  DefinitionOf<Name> extends Query<Arguments, infer F, infer C>
    ? Flat<FactsOf<F> & { rows: Flat<RowOf<C>>[] }>
    : SqlRows;

/**
 * What defines a universe over time: all of it, or a definition that an answer gave, beside which other arguments count in
 * place of what it says.
 */
export type UniverseOverArguments =
  | Flat<InputsOf<Omit<(typeof universeOver)["args"], "changes">>>
  | Flat<Partial<InputsOf<Omit<(typeof universeOver)["args"], "changes">>> & { definition: JsonValue }>;

/** A universe over time: facts about it, and a row for each member on each rebalancing day. */
export type UniverseOverAnswer = Flat<FactsOf<(typeof universeOver)["facts"]> & { rows: MemberRow[] }>;

/** The entries and exits of a universe over time: facts about it, and a row for each. */
export type UniverseChangesAnswer = Flat<FactsOf<(typeof universeOver)["facts"]> & { rows: ChangeRow[] }>;

/** The queries as methods, by their names on the command line. The arguments may be left out where none is required. */
export type QueryMethods = {
  readonly [Name in QueryName]: object extends QueryArguments<Name>
    ? (args?: QueryArguments<Name>) => Promise<QueryAnswer<Name>>
    : (args: QueryArguments<Name>) => Promise<QueryAnswer<Name>>;
};

/**
 * A database file that is open for questions. Options and arguments are checked before any work: a UsageError names the
 * one at fault.
 */
export interface Availability extends QueryMethods, AsyncDisposable {
  /** Path of the file. */
  readonly file: string;
  /**
   * What the file holds, how far it is true, what is due, and its last runs.
   *
   * @throws StoreError when the file can't be read.
   * @example
   * ```ts
   * const { last_final_date, due_never_probed } = await db.status();
   * ```
   */
  status(): Promise<StatusAnswer>;
  /**
   * Why the file needs looking after, a sentence each; none when it doesn't.
   *
   * @throws StoreError, UsageError
   * @example
   * ```ts
   * for (const reason of await db.staleness()) console.error(reason);
   * ```
   */
  staleness(options?: StalenessOptions): Promise<string[]>;
  /**
   * Looks for what can be wrong with the file. Findings don't throw: look at `outcome`.
   *
   * @throws NotKnownError when nothing is in the file, or not the day of the cross-check; StoreError, UsageError
   * @example
   * ```ts
   * const { outcome, findings } = await db.validate({ checks: ["holes", "counts"] });
   * ```
   */
  validate(options?: ValidateOptions): Promise<ValidationAnswer>;
  /**
   * The files to fetch, by what the index knows.
   *
   * @throws NotKnownError when too little is known of what was asked; StoreError, UsageError
   * @example
   * ```ts
   * const list = await db.files({ from: "2024-01-01", to: "2024-01-31", quote: "USDT" });
   * console.log(list.file_count, list.byte_count);
   * for await (const { url, path } of list.files) console.log(url, path);
   * ```
   */
  files(options?: FilesOptions): Promise<FilesAnswer>;
  /**
   * Compares a folder of downloads with the index. What is wrong doesn't throw: look at `outcome`.
   *
   * @param folder laid out as the bucket, as a part of it, or flat
   * @throws NotKnownError when too little is known of what was asked; UsageError when the folder can't be read; StoreError,
   * InterruptedError
   * @example
   * ```ts
   * const { outcome, files } = await db.verify("downloads", { from: "2024-01-01", to: "2024-01-31" });
   * if (outcome === "wrong") for await (const text of (await db.files({ fromVerify: files })).text("curl")) console.log(text);
   * ```
   */
  verify(folder: string, options?: VerifyOptions): Promise<VerifyAnswer>;
  /**
   * The universe of a backtest over time: chosen anew on each rebalancing day, by what was known then.
   *
   * @throws NotKnownError when too little is known of a day, an age or a window of volumes; StoreError, UsageError
   * @example
   * ```ts
   * const year = { from: "2024-01-01", to: "2024-12-31", rebalance: "monthly" } as const;
   * const { rows, definition, sha256 } = await db.universeOver({ ...year, top: 50, by: "quote_volume", buffer: 10 });
   * const again = await db.universeOver({ definition }); // the same rows, and so the same sha256
   * ```
   */
  universeOver(args: UniverseOverArguments & { changes?: false | undefined }): Promise<UniverseOverAnswer>;
  /**
   * Its entries and exits, with their reasons.
   *
   * @throws as without `changes`
   * @example
   * ```ts
   * const { rows } = await db.universeOver({ from: "2024-01-01", to: "2024-12-31", rebalance: "monthly", changes: true });
   * ```
   */
  universeOver(args: UniverseOverArguments & { changes: true }): Promise<UniverseChangesAnswer>;
  /**
   * Writes `daily_availability` to a Parquet or CSV file, by date and symbol, or `rankings`: the rank by quote volume of
   * each symbol on each day, with its changes. The file takes its name when it is whole.
   *
   * @throws UsageError when the file can't be written, or no symbol in the database is one of those asked for;
   * NotKnownError when rankings rest on days or volumes that are not known; StoreError
   * @example
   * ```ts
   * await db.export({ format: "parquet", out: "availability.parquet", from: "2024-01-01" });
   * ```
   */
  export(options: ExportOptions): Promise<ExportedFile>;
  /**
   * Asks in SQL, as the method `sql` does, and gives the rows one by one: a long answer is never held whole.
   *
   * @throws UsageError with DuckDB's words when the statement is wrong; StoreError
   * @example
   * ```ts
   * for await (const row of db.stream({ statement: "FROM daily_availability" })) console.log(row.symbol);
   * ```
   */
  stream(args: { statement: string }): AsyncGenerator<SqlRow, void>;
  /** Lets go of the file. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Opens a database file for questions. Any number of readers can share it, even while a run writes: they see the file as
 * it was when they opened it.
 *
 * Each query is a method; it takes days as `YYYY-MM-DD` or as a `Date`, and gives facts and rows in one object, named in
 * snake_case as in the JSON of the command. A method rejects with a NotKnownError when a day that its answer depends
 * on is not in the file, and with a UsageError when an argument is wrong.
 *
 * @param file path of the database
 * @throws StoreError STORE_MISSING when there is no such file, another of its codes when it can't be used; UsageError
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
  const close = () => store.close();
  const methods = QUERY_NAMES.map((name) => [name, methodOf(store, name)]);
  // Each method asks the definition that its type comes from.
  const queries = Object.fromEntries(methods) as QueryMethods;
  return {
    ...queries,
    file,
    status: async () => {
      const { status } = await import("./query/status.js");
      const { facts, rows } = await status(store);
      return { ...facts, runs: rows.flat() };
    },
    staleness: async (options = {}) => {
      const [{ status }, { staleness, DEFAULT_MAX_AGE_MS }] = await Promise.all([
        import("./query/status.js"),
        import("./check/freshness.js"),
      ]);
      const { maxAgeMs = DEFAULT_MAX_AGE_MS } = readStalenessOptions(options);
      const now = Date.now();
      return await staleness(store, await status(store, now), maxAgeMs, now);
    },
    validate: async (options = {}) => {
      const checked = readValidateOptions(options);
      const { validate } = await import("./check/validate.js");
      const { facts, rows } = await validate(store, checked);
      return { ...facts, findings: rows.flat() };
    },
    files: async (options = {}) => {
      const checked = readFilesOptions(options);
      const { listFiles } = await import("./files/list.js");
      return filesAnswer(await listFiles(store, checked));
    },
    verify: async (folder, options = {}) => {
      const [place, checked] = [checkText("folder", folder), readVerifyOptions(options)];
      const { verifyFolder } = await import("./files/verify.js");
      const { facts, rows } = await verifyFolder(store, place, checked);
      return { ...facts, files: rows };
    },
    export: async (options) => {
      const checked = readExportOptions(options);
      const { exportRows } = await import("./query/export.js");
      return await exportRows(file, checked);
    },
    // The columns of the rows are those that `changes` asks for.
    universeOver: ((given: object) => askUniverse(store, given)) as Availability["universeOver"],
    stream: (args) => streamRows(file, args),
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

function methodOf(store: Store, name: QueryName): (given?: object) => Promise<object> {
  // Asked for once: an import takes time even when the module is loaded.
  let loaded: Promise<{ default: AnyQuery }> | undefined;
  return async (given = {}) => {
    loaded ??= QUERIES[name]();
    const query = (await loaded).default;
    if (query.reads === "file") return await readAll(query, store.file, given);
    const args = readArguments(query.args, optionsObject(given));
    const { facts, rows } = await ask(query, store, args);
    return { ...facts, rows };
  };
}

async function askUniverse(store: Store, given: object) {
  const [{ default: query }, { withDefinition }] = await Promise.all([
    import("./query/universe-over.js"),
    import("./query/universe-over/definition.js"),
  ]);
  const { facts, rows } = await ask(query, store, readArguments(query.args, withDefinition(optionsObject(given))));
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

async function* streamRows(file: string, given: object): AsyncGenerator<SqlRow, void> {
  const answer = await openAnswer((await QUERIES.sql()).default, file, given);
  try {
    for await (const some of answer.rows) yield* some;
  } finally {
    await answer.close();
  }
}
