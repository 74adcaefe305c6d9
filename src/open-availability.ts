import { ask } from "./query/ask.js";
import { readArguments, type Arguments, type InputsOf, type ValuesOf } from "./query/arguments.js";
import type { FreeQuery, Query } from "./query/define.js";
import type { FactsOf } from "./query/facts.js";
import { QUERIES, QUERY_NAMES, type AnyQuery, type DefinitionOf, type QueryName } from "./query/registry.js";
import type { Store } from "./store/open.js";
import { columnNames, type Columns, type RowOf } from "./text/columns.js";

/** The answer to a question in SQL. */
export interface SqlRows {
  /** Names of the columns in their order. */
  columns: readonly string[];
  rows: RowOf<Columns>[];
}

/** A method that asks a query: its arguments in one object, which may be left out when none is required. */
export type Method<A extends Arguments, Result> =
  object extends InputsOf<A> ? (args?: InputsOf<A>) => Promise<Result> : (args: InputsOf<A>) => Promise<Result>;

/** The method of a query. Its answer is the facts and the rows in one object. */
export type MethodOf<Definition> =
  Definition extends Query<infer A, infer F, infer C>
    ? Method<A, FactsOf<F> & { rows: RowOf<C>[] }>
    : Definition extends FreeQuery<infer A>
      ? Method<A, SqlRows>
      : never;

/** The queries as methods, by their names on the command line. */
export type QueryMethods = { readonly [Name in QueryName]: MethodOf<DefinitionOf<Name>> };

/** A database file that is open for questions. */
export interface Availability extends QueryMethods, AsyncDisposable {
  /** Path of the file. */
  readonly file: string;
  /** Lets go of the file. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Opens a database file for questions. Nobody can write to the file meanwhile, and any number of readers can share it.
 *
 * Each query is a method; it takes days as `YYYY-MM-DD` or as a `Date`, and gives facts and rows in one object, named in
 * snake_case as in the JSON of the command. A method rejects with a NotKnownError when a day that its answer depends
 * on is not in the file, and with a UsageError when an argument is wrong.
 *
 * @param file path of the database
 * @throws StoreError STORE_MISSING when there is no such file, another of its codes when it can't be used.
 * @example
 * ```ts
 * await using db = await openAvailability("availability.duckdb");
 * const { rows } = await db.snapshot({ date: "2024-03-01", quote: "USDT" });
 * const { first_date, holes } = await db.timeline({ symbol: "BTCUSDT" });
 * ```
 */
export async function openAvailability(file: string): Promise<Availability> {
  const { openReader } = await import("./store/open.js");
  const store = await openReader(file);
  const close = () => store.close();
  const methods = QUERY_NAMES.map((name) => [name, methodOf(store, name)]);
  // Each method asks the definition that its type comes from.
  const queries = Object.fromEntries(methods) as QueryMethods;
  return { ...queries, file, close, [Symbol.asyncDispose]: close };
}

function methodOf(store: Store, name: QueryName): (given?: object) => Promise<object> {
  // Asked for once: an import takes time even when the module is loaded.
  let loaded: Promise<{ default: AnyQuery }> | undefined;
  return async (given = {}) => {
    loaded ??= QUERIES[name]();
    const query = (await loaded).default;
    const args = readArguments(query.args, { ...given });
    if (query.reads === "file") return await readAll(query, store.file, args);
    const { facts, rows } = await ask(query, store, args);
    return { ...facts, rows };
  };
}

async function readAll(query: FreeQuery<Arguments>, file: string, args: ValuesOf<Arguments>): Promise<SqlRows> {
  const answer = await query.run(file, args);
  const rows: RowOf<Columns>[] = [];
  for await (const some of answer.rows) rows.push(...some);
  return { columns: columnNames(answer), rows };
}
