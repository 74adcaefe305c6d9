import { parse } from "csv-parse/sync";
import { UsageError } from "../errors.js";
import { parseDay, type Day } from "../calendar/day.js";
import { readText } from "../text/read-text.js";
import { isSymbol } from "../vision/symbol.js";
import { FolderBuilder, historyOf, KLINE_BYTES, type History } from "./history.js";
import { hashText } from "./random.js";
import { uploadSecond } from "./upload-time.js";

/** The header of a file of spans. */
const HEADER = ["symbol", "first_day", "last_day", "bytes_per_day"];

/** Maximum days of a span, longer than that of any real contract: a typo could fill the memory. */
const MAX_DAYS = 20_000;

interface SymbolSpan {
  symbol: string;
  first: Day;
  last: Day;
  bytes: number;
}

/**
 * A history from a CSV of spans, `symbol,first_day,last_day,bytes_per_day`: every day of a span has a file of that
 * size. Days between the spans of a symbol are holes; where spans overlap, the later line wins.
 *
 * @throws UsageError with the file, and the line number of an invalid row
 */
export function spansHistory(file: string, seed = 1): History {
  let text: string;
  try {
    text = readText(file);
  } catch (cause) {
    throw new UsageError(`${file}: can't be read (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause,
    });
  }
  return historyOfSpans(parseSpans(text, file), seed);
}

function parseSpans(text: string, file: string): SymbolSpan[] {
  let rows: { record: string[]; info: { lines: number } }[];
  try {
    // The types of csv-parse don't model the effect of `info: true` on the result.
    rows = parse(text, { info: true, relax_column_count: true, skip_empty_lines: true, bom: true }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
  } catch (cause) {
    throw new UsageError(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const [header, ...body] = rows;
  if (header?.record.join() !== HEADER.join()) throw new UsageError(`${file}:1: the first line isn't ${HEADER.join()}`);
  return body.map(({ record, info }) => readSpan(record, `${file}:${info.lines}`));
}

function readSpan(record: readonly string[], place: string): SymbolSpan {
  const [symbol = "", first = "", last = "", bytes = ""] = record;
  if (record.length !== HEADER.length) throw new UsageError(`${place}: ${record.length} columns instead of 4`);
  if (!isSymbol(symbol)) throw new UsageError(`${place}: '${symbol}' is not a symbol`);
  const span = { symbol, first: readDay(first, place), last: readDay(last, place), bytes: Number(bytes) };
  if (span.last < span.first) throw new UsageError(`${place}: last_day ${last} is before first_day ${first}`);
  if (span.last - span.first >= MAX_DAYS) throw new UsageError(`${place}: a span has more than ${MAX_DAYS} days`);
  if (!Number.isInteger(span.bytes) || span.bytes < KLINE_BYTES.min || span.bytes > KLINE_BYTES.max) {
    const range = `${KLINE_BYTES.min} to ${KLINE_BYTES.max}`;
    throw new UsageError(`${place}: bytes_per_day '${bytes}' is not a whole number from ${range}`);
  }
  return span;
}

function readDay(text: string, place: string): Day {
  const day = parseDay(text);
  if (day === undefined) throw new UsageError(`${place}: '${text}' is not a date YYYY-MM-DD`);
  return day;
}

function historyOfSpans(spans: readonly SymbolSpan[], seed: number): History {
  const bySymbol = new Map<string, Map<Day, number>>();
  for (const { symbol, first, last, bytes } of spans) {
    const sizes = bySymbol.get(symbol) ?? new Map<Day, number>();
    bySymbol.set(symbol, sizes);
    for (let day = first; day <= last; day++) sizes.set(day, bytes);
  }
  return historyOf(
    [...bySymbol].map(([symbol, sizes]) => {
      const builder = new FolderBuilder(symbol);
      const owner = hashText(symbol);
      for (const [day, size] of [...sizes].sort(([a], [b]) => a - b)) {
        builder.add(day, size, uploadSecond(seed, owner, day));
      }
      return builder.build();
    }),
  );
}
