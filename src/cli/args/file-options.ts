import type { Day } from "../../calendar/day.js";
import { UsageError } from "../../errors.js";
import { allowPartial as partial } from "../../query/arguments.js";
import { symbolFilter, type SymbolFilter } from "../../query/symbol-filter.js";
import type { Selection } from "../../files/selection.js";
import { printable } from "../../text/printable.js";
import { readText } from "../../text/read-text.js";
import { valueOf } from "./argument-options.js";
import type { OptionDefinition } from "./command-page.js";
import { date, filePath, nonEmpty, symbolList } from "./readers.js";
import { readStdin } from "./stdin.js";

const CONTRACTS = ["perpetual", "delivery", "all"] as const satisfies readonly SymbolFilter["contract"][];

/** `--allow-partial`, the same as for queries. */
const allowPartial = {
  describe: partial.about,
  string: true,
  requiresArg: false,
  takes: "NUMBER",
  coerce: (value: unknown) => partial.read("--allow-partial", valueOf(partial, value)),
} as const satisfies OptionDefinition;

/** The options of `files` and `verify` that select files. */
export const fileOptions = {
  symbol: { describe: "only this symbol", string: true, requiresArg: true, coerce: symbolList("symbol") },
  symbols: {
    describe: "only these symbols, separated by commas",
    string: true,
    requiresArg: true,
    coerce: symbolList("symbols"),
  },
  date: { describe: "only this UTC day", string: true, requiresArg: true, coerce: date("date") },
  from: { describe: "first UTC day", string: true, requiresArg: true, coerce: date("from") },
  to: { describe: "last UTC day", string: true, requiresArg: true, coerce: date("to") },
  quote: { describe: symbolFilter.quote.about, string: true, requiresArg: true, coerce: nonEmpty("quote") },
  contract: {
    describe: "which contracts, unless symbols are named; settled names count as perpetual",
    choices: CONTRACTS,
    requiresArg: true,
    default: "perpetual" as const,
  },
  universe: {
    describe: "only the cells of this file: CSV or JSON with the columns date and symbol; - is stdin",
    string: true,
    requiresArg: true,
    coerce: filePath("universe"),
  },
  hold: {
    describe: "apply the symbols of each date of --universe until its next date, and those of the last date until --to",
    boolean: true,
  },
  "allow-partial": allowPartial,
} as const satisfies Record<string, OptionDefinition>;

/** The values of these options. */
export interface FileArguments {
  symbol: string[] | undefined;
  symbols: string[] | undefined;
  date: Day | undefined;
  from: Day | undefined;
  to: Day | undefined;
  quote: string | undefined;
  contract: SymbolFilter["contract"];
  universe: string | undefined;
  hold: boolean | undefined;
  "allow-partial": number | undefined;
}

/**
 * The selection that the options describe.
 *
 * @param fromVerify a file with the answer of a verification
 * @throws UsageError
 */
export async function selectionFrom(args: FileArguments, fromVerify?: string): Promise<Selection> {
  const { symbol, symbols, date, from, to, quote, contract, universe, hold } = args;
  const [{ selectionOf }, { cellList, cellsToFetch }] = await Promise.all([
    import("../../files/file-request.js"),
    import("../../files/cells.js"),
  ]);
  const named = symbol === undefined && symbols === undefined ? undefined : [...(symbol ?? []), ...(symbols ?? [])];
  return selectionOf({
    ...{ symbols: named === undefined ? undefined : [...new Set(named)], date, from, to, quote, contract, hold },
    universe: universe === undefined ? undefined : cellList("universe", await rowsIn("universe", universe)),
    fromVerify:
      fromVerify === undefined ? undefined : cellsToFetch("fromVerify", await rowsIn("from-verify", fromVerify)),
  });
}

/** Rows of the file that an option names, or of stdin. */
async function rowsIn(name: string, file: string): Promise<Readonly<Record<string, unknown>>[]> {
  const { readRowList } = await import("../../files/cells.js");
  try {
    return await readRowList(file === "-" ? await readStdin() : readText(file));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    throw new UsageError(`--${name}: ${printable(file)} can't be read (${reason ?? ""})`, { cause });
  }
}
