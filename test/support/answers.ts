import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import fc from "fast-check";
import { formatDay } from "../../src/calendar/day.js";
import { formatMicros } from "../../src/calendar/time.js";
import { column, optionalColumn, type Answer, type CellValue, type Columns } from "../../src/text/columns.js";

/** A column of every kind, each optional, and one that is never null. */
export const EVERY_KIND = {
  id: column("count", "the row's number"),
  date: optionalColumn("date", "a day"),
  time: optionalColumn("time", "an instant"),
  symbol: optionalColumn("symbol", "a symbol"),
  text: optionalColumn("text", "a text"),
  flag: optionalColumn("flag", "a flag"),
  bytes: optionalColumn("bytes", "a size"),
  integer: optionalColumn("integer", "a whole number"),
  number: optionalColumn("number", "a number"),
  ratio: optionalColumn("ratio", "a ratio"),
  value: optionalColumn("value", "anything"),
} as const satisfies Columns;

/** A row with {@link EVERY_KIND}. */
export type EveryRow = Record<keyof typeof EVERY_KIND, CellValue>;

const whole = fc.maxSafeNat();
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "",
    "=1+1",
    "+1",
    "-1",
    "@a",
    "\tx",
    "\rx",
    'say "so"',
    "a,b",
    "a\nb",
    "a\r\nb",
    " ",
    "null",
    "\u001b[31m",
  ),
);
/** A number that JSON, Parquet and CSV all write exactly: -0 has no text of its own. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const value = fc.oneof(
  fc.array(fc.integer(), { minLength: 1 }),
  fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.oneof(fc.string(), fc.constant(null), fc.boolean())),
);

/** Rows with {@link EVERY_KIND}, including hostile texts. */
export const everyRow: fc.Arbitrary<EveryRow> = fc.record({
  id: whole,
  date: fc.option(fc.integer({ min: 0, max: 60_000 }).map(formatDay)),
  time: fc.option(fc.bigInt({ min: 0n, max: 4_000_000_000_000_000n }).map(formatMicros)),
  symbol: fc.option(fc.constantFrom("BTCUSDT", "币安人生USDT", "ICPUSDT_SETTLED")),
  text: fc.option(text),
  flag: fc.option(fc.boolean()),
  bytes: fc.option(whole),
  integer: fc.option(fc.oneof(whole, fc.constant("9223372036854775807"))),
  number: fc.option(number),
  ratio: fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map((share) => share + 0)),
  value: fc.option(value),
});

/** An answer whose rows arrive in batches. */
export function everyAnswer(rows: readonly EveryRow[], facts: object = { symbol: "BTCUSDT", none: null }): Answer {
  const chunks = [rows.slice(0, 2), [], rows.slice(2)];
  return { facts, rowsName: "rows", columns: EVERY_KIND, rows: chunks as Answer["rows"] };
}

/** All pieces as one buffer. */
export async function collect(pieces: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(Buffer.from(piece));
  return Buffer.concat(parts);
}

/** Rows of a query in a database of its own. */
export async function ask(sql: string): Promise<DuckDBValue[][]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
