import { UsageError } from "../errors.js";
import { tradedOnDay } from "../store/traded.js";
import { column } from "../text/columns.js";
import { day, integer, positional, required } from "./arguments.js";
import { defineQuery } from "./define.js";
import { foldTickers } from "./fold.js";
import { lifeOn, livesBySymbol } from "./lives.js";
import { ageRefusal } from "./refusal.js";
import { dateText } from "./select.js";
import { requestedSense, FLAT_FACT, flatCount, SENSE_FACTS, SENSE_NOTES, decideSense, senseOptions } from "./sense.js";
import { bySymbol, passes, symbolFilter } from "./symbol-filter.js";
import { keepUnderlying, UNDERLYING_FACTS, underlyingFilter } from "./underlying.js";

/** The symbols that a backtest may hold on a day: they had a file on it, and their first one was long enough before. */
export default defineQuery({
  name: "universe",
  summary: "The point-in-time universe of a backtest: available on a day, and listed long enough",
  notes: `Uses nothing after the day, except with --alive-until. An age counts from the start of the life that contains the day:
a contract that was listed again under an old name is young. An underlying holds for a contract's whole life, even before
the first capture that shows it. ${SENSE_NOTES}`,
  empty: "no symbol with a file on the day is old enough and passes the filters",
  args: {
    date: positional(required(day("UTC day"))),
    minAge: required(integer("minimum days since the first file of the contract", { min: 0, max: 10_000 })),
    minBytes: integer(
      "leave out smaller files: dead contracts get flat ones of about 8 kB, active ones have 49 kB (median)",
      {
        min: 0,
        max: 1e12,
      },
    ),
    aliveUntil: day("only contracts still available on this later day: introduces look-ahead"),
    ...symbolFilter,
    ...underlyingFilter,
    ...senseOptions,
  },
  facts: { ...UNDERLYING_FACTS, ...FLAT_FACT, ...SENSE_FACTS },
  columns: {
    symbol: column("symbol", "symbol; rows are in this order, and a ticker appears once"),
    first_date: column("date", "day of the contract's first file"),
    age_days: column("count", "days from then to the requested day"),
    age_is_minimum: column("flag", "whether it may be older, because earlier days were never probed"),
    file_size_bytes: column("bytes", "size of the day's zip file"),
    also: column("value", "settled names of the ticker that also had a file"),
  },
  examples: [
    { args: { date: "2024-03-01", minAge: 90 }, about: "symbols listed for at least 90 days" },
    {
      args: { date: "2024-03-01", minAge: 90, minBytes: 10_000, quote: "USDT" },
      about: "without flat files of dead contracts",
    },
  ],
  rests: ({ date: day, aliveUntil, quote, contract, underlying, traded, filed }) => {
    requestedSense({ traded, filed });
    if (aliveUntil !== undefined && aliveUntil < day) {
      throw new UsageError(`can't be before ${dateText(day)}`, { option: "aliveUntil" });
    }
    const days = [day, ...(aliveUntil === undefined ? [] : [aliveUntil])].map((one) => ({ from: one, to: one }));
    return { days, admits: { quote, contract, underlying }, unknownDays: "refuse" };
  },
  run: async (store, args, { cells, tolerated, now }) => {
    const { date: day, minAge, minBytes = 0, aliveUntil, quote, contract, underlying } = args;
    const lives = await livesBySymbol(store, now);
    const filesOn = (one: number) => cells.filter((cell) => cell.day === one && cell.available);
    const files = filesOn(day).filter(({ symbol }) => passes(symbol, { quote, contract }));
    const traded = await tradedOnDay(store, day, now);
    const until = aliveUntil ?? day;
    // A file under the same name may be that of a later contract.
    const survives = (symbol: string) => lifeOn(lives, symbol, until) === lifeOn(lives, symbol, day);
    const alive = new Set(filesOn(until).flatMap(({ symbol }) => (survives(symbol) ? symbol : [])));
    const tradedUntil = until === day ? traded : await tradedOnDay(store, until, now);
    const filed = files.map(({ symbol }) => ({ symbol, traded: traded(symbol, day) }));
    // A symbol's trades are known only if they are known on both days.
    const both = filed.map((one) => {
      const later = alive.has(one.symbol) ? tradedUntil(one.symbol, until) : one.traded;
      return later === "not known" ? { ...one, traded: later } : one;
    });
    const { sense, counts } = decideSense(both, { from: day, to: until }, requestedSense(args), tolerated);
    const { facts } = decideSense(filed, { from: day, to: day }, sense, tolerated);
    const listed = files
      .filter(({ symbol }) => counts(traded(symbol, day)))
      .map(({ symbol, sizeBytes }) => ({ symbol, sizeBytes, life: lifeOn(lives, symbol, day) }))
      .map(({ symbol, sizeBytes, life }) => ({
        symbol,
        first_date: dateText(life?.first ?? day),
        age_days: day - (life?.first ?? day),
        age_is_minimum: life?.begins !== true,
        file_size_bytes: sizeBytes ?? 0,
        also: [],
      }))
      .sort(bySymbol);
    const { rows: admitted, without_contract } = await keepUnderlying(store, foldTickers(listed), underlying, day);
    const folded = admitted.filter(
      ({ symbol, file_size_bytes: size }) =>
        size >= minBytes && alive.has(symbol) && counts(tradedUntil(symbol, until)),
    );
    const unsure = folded.filter((row) => row.age_is_minimum && row.age_days < minAge).map(({ symbol }) => symbol);
    if (unsure.length > tolerated) throw ageRefusal(unsure, dateText(day));
    const rows = folded.filter(({ age_days: age }) => age >= minAge);
    return { facts: { without_contract, flat_count: flatCount(rows), ...facts }, rows };
  },
});
