import type { Span } from "../calendar/span.js";
import { UsageError } from "../errors.js";
import { column } from "../text/columns.js";
import { FLAT_BELOW_BYTES } from "../vision/lives.js";
import type { Traded } from "../vision/traded.js";
import { flag, type ValuesOf } from "./arguments.js";
import type { FactsOf } from "./facts.js";
import { volumeRefusal } from "./refusal.js";

/** The sense in which a symbol was available on a day: it was traded, or it had a file. */
export type Sense = "traded" | "filed";

/** Arguments of the queries that distinguish both senses. */
export const senseOptions = {
  traded: flag("count files only if there were trades; the default if all volumes are known"),
  filed: flag("count files with and without trades"),
} as const;

/** Facts of their answers. */
export const SENSE_FACTS = {
  sense: column("text", "traded: a file counts only if there were trades; filed: every file counts"),
  traded_count: column("count", "symbols that had a file and are known to have been traded"),
  not_traded_count: column("count", "symbols that had a file but are known not to have been traded"),
  volumes_unknown_count: column("count", "symbols that had a file but whose trades are unknown"),
};

/** Fact of answers whose rows have files. */
export const FLAT_FACT = {
  flat_count: column(
    "count",
    "rows whose file is flat, below 10 kB: a sign of a day without trades if volumes are unknown",
  ),
};

/** The number of rows with a flat file. */
export function flatCount(rows: readonly { file_size_bytes: number }[]): number {
  return rows.filter(({ file_size_bytes: size }) => size < FLAT_BELOW_BYTES).length;
}

/** Explains the senses in notes. */
export const SENSE_NOTES = `If the volumes of all symbols with a file are known (bfa volumes), a file counts only if its day had trades;
--filed counts every file. There can be trades in the minute of a settlement, 09:00 UTC, so a contract's last day counts.`;

/**
 * The requested sense; undefined if what is known decides.
 *
 * @throws UsageError when both senses are requested
 */
export function requestedSense({ traded, filed }: ValuesOf<typeof senseOptions>): Sense | undefined {
  if (traded && filed) throw new UsageError("can't be combined with the traded sense", { option: "filed" });
  return traded ? "traded" : filed ? "filed" : undefined;
}

/** A symbol that had a file, and whether it was traded. */
export interface FiledSymbol {
  symbol: string;
  traded: Traded;
}

/**
 * Decides the sense of an answer: the requested one, otherwise traded if the trades of all symbols are known.
 *
 * @param filed the symbols that had a file, each once
 * @param span the days of the query
 * @param tolerated maximum number of symbols with unknown trades, which are left out
 * @throws NotKnownError when the traded sense is requested and the trades of more symbols are unknown
 */
export function decideSense(
  filed: readonly FiledSymbol[],
  span: Span,
  requested: Sense | undefined,
  tolerated: number,
): { sense: Sense; counts: (traded: Traded) => boolean; facts: FactsOf<typeof SENSE_FACTS> } {
  const number = (of: Traded) => filed.filter(({ traded }) => traded === of).length;
  const unknown = filed.filter(({ traded }) => traded === "not known");
  if (requested === "traded" && unknown.length > tolerated) {
    throw volumeRefusal(unknown.map(({ symbol }) => symbol).sort(), span, unknown.length === filed.length);
  }
  const sense = requested ?? (unknown.length === 0 && filed.length > 0 ? "traded" : "filed");
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
