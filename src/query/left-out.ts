import { firstNames } from "../text/first-names.js";
import { plural } from "../text/numbers.js";

/** One line about the contracts that are left out of listings; none if there are none. */
export function leftOutLines({ left_out_symbols: names }: { left_out_symbols?: unknown }): string[] {
  if (!Array.isArray(names) || names.length === 0) return [];
  const count = plural(names.length, "symbol");
  const reason = "whose first day is not known, because earlier days were never probed";
  return [`left out ${count} ${reason}: ${firstNames(names)}`];
}
