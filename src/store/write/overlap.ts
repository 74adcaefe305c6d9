import { dateLiteral } from "../../calendar/sql.js";
import type { WholeUnit } from "../../rows/unit.js";
import type { Store } from "../open.js";
import { numberOf } from "../numbers.js";
import { storedSymbols } from "../stored-symbols.js";

/**
 * Whether the table may already have cells of given units. For days, the counts decide; for symbols, the names that the
 * table had when the first such unit arrived and those written since. Searching for the cells themselves reads much of
 * the table, so that is done only if there may be any.
 */
export class Overlap {
  /** Symbols with rows in the table; undefined until they are read. */
  private symbolsWithRows: Set<string> | undefined;

  constructor(
    private readonly store: Store,
    private readonly symbols: readonly string[],
  ) {}

  async isPossible(units: readonly WholeUnit[]): Promise<boolean> {
    if (units[0]?.by === "day") {
      const days = units.map((unit) => dateLiteral(unit.key)).join(", ");
      return (
        (await numberOf(this.store.connection, `SELECT count(*) FROM daily_symbol_counts WHERE date IN (${days})`)) > 0
      );
    }
    const known = (this.symbolsWithRows ??= new Set(await storedSymbols(this.store)));
    return units.some((unit) => known.has(this.symbols[unit.key] ?? ""));
  }

  /** Records committed units. */
  committed(units: readonly WholeUnit[]): void {
    for (const unit of units) {
      if (unit.by === "symbol") this.symbolsWithRows?.add(this.symbols[unit.key] ?? "");
      else this.symbolsWithRows = undefined;
    }
  }
}
