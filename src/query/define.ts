import type { Store } from "../store/open.js";
import type { Answer, Columns, RowOf } from "../text/columns.js";
import { allowPartial, type Arguments, type InputsOf, type ValuesOf } from "./arguments.js";
import { CONDITION_FACTS, knownOf, type Basis, type Known } from "./basis.js";
import type { FactColumns, FactsOf } from "./facts.js";

/** The result of a query. */
export interface Found<F extends FactColumns, C extends Columns> {
  facts: FactsOf<F>;
  rows: RowOf<C>[];
  /** The columns of the rows, for a query that has more than one set of them. */
  columns?: C;
}

/** A call as documented and tested. */
export interface Example<A extends Arguments> {
  args: InputsOf<A>;
  /** What it queries. */
  about: string;
}

interface Described<A extends Arguments> {
  /** The name on the command line and in the library. */
  readonly name: string;
  /** One line for lists of queries. */
  readonly summary: string;
  /** What readers of the answer should know, for help and docs. */
  readonly notes?: string;
  /** What it means if there are no rows. */
  readonly empty?: string;
  readonly args: A;
  readonly examples: readonly Example<A>[];
}

/** A query of an open database. */
export interface Query<A extends Arguments, F extends FactColumns, C extends Columns> extends Described<A> {
  readonly reads: "store";
  readonly facts: F;
  /** Columns of the rows, or several sets of columns; the arguments decide which set an answer has. */
  readonly columns: C | readonly C[];
  /** The text that a table shows above its rows. */
  heading?(facts: FactsOf<F>): string;
  /** Whether a table shows only the heading unless rows are requested. */
  readonly rowsOnRequest?: boolean;
  run(store: Store, args: ValuesOf<A>): Promise<Found<F, C>>;
}

/** An answer that keeps its file open until it is read to the end or closed. */
export interface OpenAnswer extends Answer {
  close(): Promise<void>;
}

/** A query whose columns are known only with the answer, and which opens the file itself. */
export interface FreeQuery<A extends Arguments> extends Described<A> {
  readonly reads: "file";
  run(file: string, args: ValuesOf<A>): Promise<OpenAnswer>;
}

/** Arguments that every query has in addition to its own. */
const COMMON_ARGUMENTS = {
  allowPartial,
} as const;

/** The definition of a query. */
interface Definition<A extends Arguments, F extends FactColumns, C extends Columns> extends Omit<
  Query<A, F, C>,
  "reads" | "run"
> {
  /** The cells that the answer rests on, which decide whether it may be given. */
  rests: (args: ValuesOf<A>) => Basis;
  run: (store: Store, args: ValuesOf<A>, known: Known) => Promise<Found<F, C>>;
}

/**
 * Defines a query. Everything else about it (its command, its method in the library, the schema of its answer, its part
 * of the docs) follows from the definition. Each answer includes the condition of the cells that it rests on, and is
 * refused when too little is known about them.
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
 *   rests: () => ({ days: "all", admits: { contract: "all", quote: undefined }, unknownDays: "report" }),
 *   run: async (store, { from }) => ({ facts: {}, rows: await daysFrom(store, from) }),
 * });
 * ```
 */
export function defineQuery<A extends Arguments, F extends FactColumns, C extends Columns>({
  rests,
  run,
  ...query
}: Definition<A, F, C>): Query<A & typeof COMMON_ARGUMENTS, F & typeof CONDITION_FACTS, C> {
  return {
    ...query,
    reads: "store",
    args: { ...query.args, ...COMMON_ARGUMENTS },
    facts: { ...query.facts, ...CONDITION_FACTS },
    run: async (store, { allowPartial, ...args }) => {
      // What remains are the arguments of the definition.
      const own = args as unknown as ValuesOf<A>;
      const known = await knownOf(store, rests(own), Number(allowPartial), Date.now());
      const { facts, ...found } = await run(store, own, known);
      return { ...found, facts: { ...facts, ...known.facts } };
    },
  };
}

/** Defines a query whose columns are known only with the answer. */
export function defineFreeQuery<A extends Arguments>(query: Omit<FreeQuery<A>, "reads">): FreeQuery<A> {
  return { reads: "file", ...query };
}
