import { formatDay, type Day } from "../calendar/day.js";
import { livesAmong } from "../store/lives.js";
import { countDays, gapsBetween, islands, type Span } from "../calendar/span.js";
import { NotKnownError } from "../errors.js";
import { column, optionalColumn } from "../text/columns.js";
import { number, plural } from "../text/numbers.js";
import { printable } from "../text/printable.js";
import { positional, required, symbol } from "./arguments.js";
import { defineQuery } from "./define.js";
import { listOf, type FactsOf } from "./facts.js";
import { dateText, timeText } from "./select.js";
import { factsOf } from "./symbol-filter.js";

const SPAN = {
  from: column("date", "first day"),
  to: column("date", "last day"),
  days: column("count", "number of days"),
};

const facts = {
  symbol: column("symbol", "the symbol"),
  class: column("text", "perpetual, settled or delivery"),
  first_date: optionalColumn("date", "first day with a file; null when no day probed had one"),
  last_date: optionalColumn("date", "last day with a file"),
  days_available: column("count", "days with a file"),
  lives: listOf("from the first to the last file of each contract that had the name", SPAN),
  holes: listOf("days without a file inside a life, as spans", SPAN),
  not_written: listOf("days between those of the rows that are not in the database, as spans", SPAN),
};

/** One symbol, day by day. */
export default defineQuery({
  name: "timeline",
  summary: "A symbol day by day, with its holes",
  notes: "csv and ndjson give the days alone; json and table begin with first and last day and the holes.",
  args: { symbol: positional(required(symbol("as in BTCUSDT"))) },
  facts,
  columns: {
    date: column("date", "each day probed, ascending"),
    available: column("flag", "whether there was a file"),
    file_size_bytes: optionalColumn("bytes", "size of the zip file; null without a file"),
    last_modified: optionalColumn("time", "upload time; null without a file"),
  },
  examples: [{ args: { symbol: "BTCUSDT" }, about: "every day probed of a symbol" }],
  heading,
  rests: ({ symbol }) => ({ days: "all", admits: { symbol }, unknownDays: "tell" }),
  run: async (store, { symbol }, { cells, now }) => {
    const [one] = cells;
    if (one === undefined) {
      throw new NotKnownError(`no day of ${symbol} is in the database: is it a symbol? \`bfa discover\` lists them`, {
        ...{ condition: "unwritten", spans: [], unknown_symbols: [symbol] },
      });
    }
    const there = cells.filter(({ available }) => available).map(({ day }) => day);
    const [first = null, last = null] = [there[0], there.at(-1)];
    const lives = await livesAmong(store, symbol, cells, now);
    const isInLife = (day: Day) => lives.some((life) => life.from < day && day < life.to);
    const missing = cells.filter(({ day, available }) => !available && isInLife(day));
    const probed = { from: cells[0]?.day ?? one.day, to: cells.at(-1)?.day ?? one.day };
    return {
      facts: {
        symbol,
        class: factsOf(symbol).class,
        first_date: first === null ? null : dateText(first),
        last_date: last === null ? null : dateText(last),
        days_available: there.length,
        lives: lives.map(spanRow),
        holes: islands(missing.map(({ day }) => day)).map(spanRow),
        not_written: gapsBetween(islands(cells.map(({ day }) => day)), probed).map(spanRow),
      },
      rows: cells.map(({ day, available, sizeBytes, uploadedAt }) => ({
        date: dateText(day),
        available,
        file_size_bytes: sizeBytes,
        last_modified: uploadedAt === null ? null : timeText(uploadedAt),
      })),
    };
  },
});

function spanRow(span: Span) {
  return { from: formatDay(span.from), to: formatDay(span.to), days: countDays([span]) };
}

function heading(answer: FactsOf<typeof facts>): string {
  const { first_date: first, last_date: last } = answer;
  const life =
    first === null || last === null
      ? "no file on any of the days probed"
      : `${first} to ${last}, ${plural(answer.days_available, "day")} available`;
  const lines = [`${printable(answer.symbol)} (${answer.class}): ${life}`];
  if (answer.holes.length > 0) lines.push(`missing in between: ${describe(answer.holes)}`);
  if (answer.not_written.length > 0) lines.push(`not in the database: ${describe(answer.not_written)}`);
  return lines.join("\n");
}

function describe(spans: FactsOf<typeof facts>["holes"]): string {
  return spans.map(({ from, to, days }) => (days === 1 ? from : `${from} to ${to} (${number(days)} days)`)).join(", ");
}
