import { answerFrom } from "../store/defects.js";
import type { Store } from "../store/open.js";
import type { Columns, RowOf } from "../text/columns.js";
import type { Arguments, ValuesOf } from "./arguments.js";
import { checkRows } from "./check-rows.js";
import type { Query } from "./define.js";
import type { FactColumns, FactsOf } from "./facts.js";

/** What a query found, checked. */
export interface Asked<F extends FactColumns, C extends Columns> {
  facts: FactsOf<F>;
  columns: C;
  rows: RowOf<C>[];
}

/**
 * Asks a query and checks what it gives.
 *
 * @throws NotKnownError, StoreError, UsageError as the query says; TypeError when facts or rows are not what the
 * definition promises, which is a defect of the query.
 */
export async function ask<A extends Arguments, F extends FactColumns, C extends Columns>(
  query: Query<A, F, C>,
  store: Store,
  args: ValuesOf<A>,
): Promise<Asked<F, C>> {
  return await answerFrom(store, async () => {
    const { facts, rows, columns = columnSets(query)[0] } = await query.run(store, args);
    if (columns === undefined) throw new TypeError(`query ${query.name} has no columns`);
    checkRows(query.name, query.facts, [facts]);
    checkRows(query.name, columns, rows);
    return { facts, columns, rows };
  });
}

/** The sets of columns that a query's rows can have. */
export function columnSets<C extends Columns>({ columns }: { columns: C | readonly C[] }): readonly C[] {
  return isList(columns) ? columns : [columns];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
