import type { Column, Columns, RowOf } from "../text/columns.js";

/** A list as a fact of an answer; `items` are the columns of its objects. */
export interface ListColumn<C extends Columns = Columns> extends Column<"value", false> {
  readonly items: C;
}

/** Facts about a whole answer, by name. Names are snake_case. */
export type FactColumns = Readonly<Record<string, Column | ListColumn>>;

/** The facts of an answer; a fact without a value is null. */
export type FactsOf<F extends FactColumns> = {
  -readonly [Name in keyof F]: F[Name] extends ListColumn<infer C> ? RowOf<C>[] : RowOf<Pick<F, Name>>[Name];
};

/** A list of objects, as a fact. */
export function listOf<C extends Columns>(about: string, items: C): ListColumn<C> {
  return { kind: "value", nullable: false, about, items };
}
