import { statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DAY_MS, dayOf } from "../../../src/calendar/day.js";
import type { VolumeUnit } from "../../../src/rows/volume-unit.js";
import { LAYOUT } from "../../../src/store/layout.js";
import { maintain } from "../../../src/store/maintain.js";
import { openReader, openStore } from "../../../src/store/open.js";
import { parseBars } from "../../../src/vision/kline-csv.js";
import { barsOf } from "../../support/bars.js";
import { temporaryFolder } from "../../support/database.js";
import { ask, LATE } from "../../support/store.js";
import { barBatch, barOf, monthFile, volumeWriterFor } from "./support.js";

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, "a.duckdb");
});
afterEach(() => {
  folder.remove();
});

/**
 * A decimal of up to 15 significant digits, as a file writes it: with this many decimals, including zeros at its end.
 */
const decimal = fc
  .record({ digits: fc.bigInt(0n, 10n ** 15n - 1n), decimals: fc.nat(20), cut: fc.nat(14) })
  .map(({ digits, decimals, cut }) => {
    const text = (digits / 10n ** BigInt(cut)).toString().padStart(decimals + 1, "0");
    return decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  });

describe("numbers of a bar", () => {
  it("keep 15 significant digits from the file's text through the database", async () => {
    const first = dayOf("2024-01-01");
    const names = Array.from({ length: 60 }, (_, at) => `S${at}USDT`);
    const { store, writer } = await volumeWriterFor(file, names);
    let symbolIndex = 0;
    const days = fc.array(fc.array(decimal, { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 31 });
    try {
      await fc.assert(
        fc.asyncProperty(days, async (texts) => {
          const at = symbolIndex++ % names.length;
          const csv = texts.map(([open, high, low, close, volume, quote, taker, takerQuote], row) => {
            const opened = (first + row) * DAY_MS;
            const times = [opened, opened + DAY_MS - 1];
            return [times[0], open, high, low, close, volume, times[1], quote, row, taker, takerQuote, 0].join();
          });
          const bars = barsOf(parseBars(Buffer.from(csv.join("\n")), { from: first, to: first + 30 }));
          const spans = [{ from: first, to: first + 30 }];
          const files = [monthFile("2024-01", bars.length)];
          await writer.commit([{ symbolIndex: at, bars: barBatch(at, bars), files, spans, knownAt: LATE }]);
          const stored = await store.connection.runAndReadAll(
            `SELECT open, high, low, close, volume, quote_volume, taker_buy_volume, taker_buy_quote_volume
              FROM daily_volumes WHERE symbol = '${names[at] ?? ""}' ORDER BY date`,
          );
          const asWritten = (value: unknown) => Number(value).toPrecision(15);
          expect(stored.getRows().map((row) => row.map(asWritten))).toEqual(
            texts.map((row) => row.map((text) => fifteen(text))),
          );
        }),
        // No symbol is written twice: the writer assumes that only rows from before the run exist.
        { numRuns: names.length },
      );
    } finally {
      await store.close();
    }
  });
});

/** A decimal with 15 significant digits as `toPrecision(15)` writes it, derived from its text only. */
function fifteen(text: string): string {
  const [whole = "", decimals = ""] = text.split(".");
  const digits = whole + decimals;
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  const significant = digits.slice(zeros);
  if (significant === "") return "0.00000000000000";
  const fifteenDigits = significant.padEnd(15, "0");
  const dropped = fifteenDigits.slice(15);
  expect(dropped).toMatch(/^0*$/);
  const shown = fifteenDigits.slice(0, 15);
  const exponent = whole.length - zeros - 1;
  if (exponent < -6 || exponent >= 15) {
    return `${shown[0] ?? ""}.${shown.slice(1)}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
  }
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${shown}`;
  return exponent === 14 ? shown : `${shown.slice(0, exponent + 1)}.${shown.slice(exponent + 1)}`;
}

/** Each of these symbols has a bar on each of these days. */
const MANY = Array.from({ length: 120 }, (_, at) => `S${String(at).padStart(3, "0")}USDT`);
const DAYS = { from: dayOf("2022-01-01"), count: 700 };

/** The n-th part of all bars. Symbols come in the order in which they were fetched, which is arbitrary. */
function partOf(part: number, parts: number): VolumeUnit[] {
  const { from, count } = DAYS;
  return MANY.flatMap((_, place) => {
    const at = (place * 7) % MANY.length;
    if (at % parts !== part) return [];
    const bars = Array.from({ length: count }, (_day, day) =>
      barOf(from + day, 1 + ((at * 7919 + day * 31) % 977) / 100),
    );
    const spans = [{ from, to: from + count - 1 }];
    return [{ symbolIndex: at, bars: barBatch(at, bars), files: [monthFile("2022-01")], spans, knownAt: LATE }];
  });
}

/** SQL: bars that come after one of a later block of days, or of the same block and a later symbol or day. */
const UNORDERED = `SELECT count(*)::INT FROM (
  SELECT lag(place) OVER (ORDER BY rowid) > place AS back
  FROM (SELECT rowid, ((date - DATE '1970-01-01') // ${LAYOUT.blockDays}, symbol, date) AS place FROM daily_volumes)
) WHERE back`;

describe("a commit that fills its blocks of days", () => {
  it("is ordered in the file as after a compaction, and none is made", async () => {
    const { store, writer } = await volumeWriterFor(file, MANY);
    await writer.commit(partOf(0, 1));
    const rows = MANY.length * DAYS.count;
    expect(await ask(store, "SELECT compacted_rows::INT, compacted_bytes FROM store_info")).toEqual([[rows, null]]);
    expect(await ask(store, UNORDERED)).toEqual([[0]]);
    const { path } = store;
    const before = statSync(path).ino;
    await maintain(store);
    expect(statSync(path).ino).toBe(before);
    await store.close();
  });
});

describe("a compaction", () => {
  it("orders bars by block, symbol and day, and keeps them and everything known about them", async () => {
    const { store, writer } = await volumeWriterFor(file, MANY);
    for (let part = 0; part < 4; part++) await writer.commit(partOf(part, 4));
    await store.close();
    const content = `SELECT (SELECT sum(hash(v)) FROM daily_volumes AS v)::VARCHAR, (SELECT sum(hash(f)) FROM volume_files AS f)::VARCHAR,
      (SELECT sum(hash(s)) FROM volume_spans AS s)::VARCHAR, (SELECT count(*) FROM daily_volumes)::INT`;
    const again = await openStore(file);
    const before = await ask(again, content);
    expect(before[0]?.[3]).toBe(MANY.length * DAYS.count);
    expect(await ask(again, UNORDERED)).not.toEqual([[0]]);
    await maintain(again);
    await again.close();
    const reader = await openReader(file);
    expect(await ask(reader, UNORDERED)).toEqual([[0]]);
    expect(await ask(reader, content)).toEqual(before);
    await reader.close();
  });
});
