import { countDays, islands } from "../calendar/span.js";
import { holesIn } from "../store/holes.js";
import { column } from "../text/columns.js";
import { choice, withDefault } from "./arguments.js";
import { defineQuery } from "./define.js";
import { dateText } from "./select.js";
import { passes, symbolFilter } from "./symbol-filter.js";

const BY_SYMBOL = {
  symbol: column("symbol", "symbol with the hole; rows are in this order"),
  from_date: column("date", "first day of the hole"),
  to_date: column("date", "last day of the hole"),
  days: column("count", "number of days"),
};
const BY_DAY = {
  date: column("date", "day with holes, ascending"),
  symbol_count: column("count", "symbols with a hole on the day"),
  symbols: column("value", "these symbols, in order of name"),
};

/** Missing cells inside a life. */
export default defineQuery({
  name: "holes",
  summary: "Days without a file inside the life of a symbol",
  notes: "A day that was never probed is not a hole, nor is a day between two lives of a symbol that was listed again.",
  empty: "no symbol that passes the filter has a hole",
  args: {
    by: withDefault(choice("one row per hole, or per day", ["symbol", "day"]), "symbol"),
    ...symbolFilter,
  },
  facts: {},
  columns: [BY_SYMBOL, BY_DAY] as readonly (typeof BY_SYMBOL | typeof BY_DAY)[],
  examples: [
    { args: {}, about: "the holes of all perpetuals" },
    { args: { by: "day", quote: "USDT" }, about: "the days on which symbols have holes" },
  ],
  rests: ({ quote, contract }) => ({ days: "all", admits: { quote, contract }, unknownDays: "report" }),
  run: async (store, { by, quote, contract }, { now }) => {
    const holes = (await holesIn(store, now)).filter(({ symbol }) => passes(symbol, { quote, contract }));
    return by === "symbol"
      ? { facts: {}, columns: BY_SYMBOL, rows: bySymbol(holes) }
      : { facts: {}, columns: BY_DAY, rows: byDay(holes) };
  },
});

interface Hole {
  symbol: string;
  day: number;
}

function bySymbol(holes: readonly Hole[]) {
  return [...grouped(holes, "symbol", "day")].flatMap(([symbol, days]) =>
    islands(days).map((span) => ({
      symbol,
      from_date: dateText(span.from),
      to_date: dateText(span.to),
      days: countDays([span]),
    })),
  );
}

function byDay(holes: readonly Hole[]) {
  return [...grouped(holes, "day", "symbol")]
    .sort(([a], [b]) => a - b)
    .map(([day, symbols]) => ({ date: dateText(day), symbol_count: symbols.length, symbols }));
}

/** Values of one property by those of another, in the order of the holes. */
function grouped<Key extends keyof Hole, Value extends keyof Hole>(holes: readonly Hole[], key: Key, value: Value) {
  const groups = new Map<Hole[Key], Hole[Value][]>();
  for (const hole of holes) {
    const group = groups.get(hole[key]);
    if (group === undefined) groups.set(hole[key], [hole[value]]);
    else group.push(hole[value]);
  }
  return groups;
}
