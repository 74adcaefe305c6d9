import type { Span } from "../calendar/span.js";
import { UsageError } from "../errors.js";
import { column } from "../text/columns.js";
import { FLAT_BELOW_BYTES } from "../vision/lives.js";
import type { Traded } from "../vision/traded.js";
import { flag, type ValuesOf } from "./arguments.js";
import type { FactsOf } from "./facts.js";
import { volumeRefusal } from "./refusal.js";

/** In which sense a symbol was there on a day: it was traded, or it had a file. */
export type Sense = "traded" | "filed";

/** Arguments of the queries that can tell both senses apart. */
export const senseOptions = {
  traded: flag("files count only with a trade; the default where all volumes are known"),
  filed: flag("files count with and without a trade"),
} as const;

/** Facts of their answers. */
export const SENSE_FACTS = {
  sense: column("text", "traded: a file counts only with a trade; filed: every file counts"),
  traded_count: column("count", "symbols that had a file and are known to have been traded"),
  not_traded_count: column("count", "symbols that had a file and are known not to have been traded"),
  volumes_unknown_count: column("count", "symbols that had a file and whose trades are not known"),
};

/** A fact of answers whose rows have files. */
export const FLAT_FACT = {
  flat_count: column(
    "count",
    "rows whose file is flat, below 10 kB: without volumes, the sign of a day without trades",
  ),
};

/** How many rows have a flat file. */
export function flatCount(rows: readonly { file_size_bytes: number }[]): number {
  return rows.filter(({ file_size_bytes: size }) => size < FLAT_BELOW_BYTES).length;
}

/** What their notes say of it. */
export const SENSE_NOTES = `Where the volumes of every symbol with a file are known (bfa volumes), a file counts only if its day had a
trade; --filed counts every file. The minute of a settlement, 09:00 UTC, can hold trades: the last day of a contract counts.`;

/**
 * The sense that is asked for; undefined leaves it to what is known.
 *
 * @throws UsageError when both are
 */
export function askedSense({ traded, filed }: ValuesOf<typeof senseOptions>): Sense | undefined {
  if (traded && filed) throw new UsageError("ask for traded or filed, not both", { option: "filed" });
  return traded ? "traded" : filed ? "filed" : undefined;
}

/** A symbol that had a file, and what is known of its trades. */
export interface FiledSymbol {
  symbol: string;
  traded: Traded;
}

/**
 * Decides in which sense a question is answered: as asked, else the traded one where trades of every symbol are known.
 *
 * @param filed the symbols that had a file, each once
 * @param span the days that the question is about
 * @param tolerated number of symbols whose trades may be unknown: those are left out
 * @throws NotKnownError when the traded sense is asked for, and the trades of more symbols are not known
 */
export function senseOf(
  filed: readonly FiledSymbol[],
  span: Span,
  asked: Sense | undefined,
  tolerated: number,
): { sense: Sense; counts: (traded: Traded) => boolean; facts: FactsOf<typeof SENSE_FACTS> } {
  const number = (of: Traded) => filed.filter(({ traded }) => traded === of).length;
  const unknown = filed.filter(({ traded }) => traded === "not known");
  if (asked === "traded" && unknown.length > tolerated) {
    throw volumeRefusal(unknown.map(({ symbol }) => symbol).sort(), span, unknown.length === filed.length);
  }
  const sense = asked ?? (unknown.length === 0 && filed.length > 0 ? "traded" : "filed");
  return {
    sense,
    counts: (traded) => sense === "filed" || traded === "traded",
    facts: {
      sense,
      traded_count: number("traded"),
      not_traded_count: number("not traded"),
      volumes_unknown_count: unknown.length,
    },
  };
}
