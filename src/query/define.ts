import type { Store } from "../store/open.js";
import type { Answer, Column, Columns, RowOf } from "../text/columns.js";
import type { Arguments, InputsOf, ValuesOf } from "./arguments.js";

/** A list as a fact of an answer; `items` says what each of its objects has. */
export interface ListColumn<C extends Columns = Columns> extends Column<"value", false> {
  readonly items: C;
}

/** Facts about a whole answer, by name. Names are snake_case. */
export type FactColumns = Readonly<Record<string, Column | ListColumn>>;

/** The facts of an answer; what there is none of is null. */
export type FactsOf<F extends FactColumns> = {
  -readonly [Name in keyof F]: F[Name] extends ListColumn<infer C> ? RowOf<C>[] : RowOf<Pick<F, Name>>[Name];
};

/** A list of objects, as a fact. */
export function listOf<C extends Columns>(about: string, items: C): ListColumn<C> {
  return { kind: "value", nullable: false, about, items };
}

/** What a query found. */
export interface Found<F extends FactColumns, C extends Columns> {
  facts: FactsOf<F>;
  rows: RowOf<C>[];
  /** Which of the query's columns the rows have, when the query has more than one set of them. */
  columns?: C;
}

/** A call as documented and tested. */
export interface Example<A extends Arguments> {
  args: InputsOf<A>;
  /** What it asks. */
  about: string;
}

interface Described<A extends Arguments> {
  /** As on the command line and in the library. */
  readonly name: string;
  /** One line for lists of queries. */
  readonly summary: string;
  /** What a reader of the answer must know, for help and docs. */
  readonly notes?: string;
  readonly args: A;
  readonly examples: readonly Example<A>[];
}

/** A question that an open file answers. */
export interface Query<A extends Arguments, F extends FactColumns, C extends Columns> extends Described<A> {
  readonly reads: "store";
  readonly facts: F;
  /** Columns of the rows, or the sets of columns between which the arguments decide. */
  readonly columns: C | readonly C[];
  /** What a table shows above its rows. */
  heading?(facts: FactsOf<F>): string;
  run(store: Store, args: ValuesOf<A>): Promise<Found<F, C>>;
}

/** An answer that holds its file open until it is read to its end or closed. */
export interface OpenAnswer extends Answer {
  close(): Promise<void>;
}

/** A question whose columns are known only with the answer, and which opens the file in its own way. */
export interface FreeQuery<A extends Arguments> extends Described<A> {
  readonly reads: "file";
  run(file: string, args: ValuesOf<A>): Promise<OpenAnswer>;
}

/**
 * Defines a query: everything else about it (its command, its method in the library, the schema of its answer, its part
 * of the docs) follows from the definition.
 *
 * @example
 * ```ts
 * export default defineQuery({
 *   name: "days",
 *   summary: "Days with rows",
 *   args: { from: positional(day("first day")) },
 *   facts: {},
 *   columns: { date: column("date", "UTC day") },
 *   examples: [{ args: { from: "2024-03-01" }, about: "days with rows since March 2024" }],
 *   run: async (store, { from }) => ({ facts: {}, rows: await daysFrom(store, from) }),
 * });
 * ```
 */
export function defineQuery<A extends Arguments, F extends FactColumns, C extends Columns>(
  query: Omit<Query<A, F, C>, "reads">,
): Query<A, F, C> {
  return { reads: "store", ...query };
}

/** Defines a query whose columns are known only with the answer. */
export function defineFreeQuery<A extends Arguments>(query: Omit<FreeQuery<A>, "reads">): FreeQuery<A> {
  return { reads: "file", ...query };
}
