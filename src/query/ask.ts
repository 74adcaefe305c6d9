import { answerFrom } from "../store/defects.js";
import type { Store } from "../store/open.js";
import type { Columns, RowOf } from "../text/columns.js";
import type { Arguments, ValuesOf } from "./arguments.js";
import { checkRows } from "./check-rows.js";
import type { Query } from "./define.js";
import type { FactColumns, FactsOf } from "./facts.js";

/** The validated answer of a query. */
export interface CheckedAnswer<F extends FactColumns, C extends Columns> {
  facts: FactsOf<F>;
  columns: C;
  rows: RowOf<C>[];
}

/**
 * Runs a query and validates its answer.
 *
 * @throws NotKnownError, StoreError, UsageError from the query; TypeError when facts or rows don't match the
 * definition, which is a bug in the query.
 */
export async function ask<A extends Arguments, F extends FactColumns, C extends Columns>(
  query: Query<A, F, C>,
  store: Store,
  args: ValuesOf<A>,
): Promise<CheckedAnswer<F, C>> {
  return await answerFrom(store, async () => {
    const { facts, rows, columns = columnSets(query)[0] } = await query.run(store, args);
    if (columns === undefined) throw new TypeError(`query ${query.name} has no columns`);
    checkRows(query.name, query.facts, [facts]);
    checkRows(query.name, columns, rows);
    return { facts, columns, rows };
  });
}

/** The possible sets of columns of a query's rows. */
export function columnSets<C extends Columns>({ columns }: { columns: C | readonly C[] }): readonly C[] {
  return isList(columns) ? columns : [columns];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
