import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DAY_MS, formatDay } from "../../src/calendar/day.js";
import type { FileToFetch, FilesAnswer } from "../../src/index.js";
import { openStore } from "../../src/store/open.js";
import { D0, dayUnit, symbolUnit, writerFor } from "../support/store.js";

/** Symbols of {@link market}: each has a file on each of its days, except for the changes below. */
export const SYMBOLS = ["AAAUSDT", "BBBUSDC", "币安人生USDT"] as const;

/** Days of {@link market}, more than are read in one go. */
export const DAYS = 40;

/** `YYYY-MM-DD` of a day of {@link market}. */
export const dateOf = (offset: number) => formatDay(D0 + offset);

/** Size of a file of {@link market}. */
export const sizeOf = (symbol: number, offset: number) => 40 + symbol * 100 + offset;

/**
 * A file written by two runs: the first found all days except the last two, without AAAUSDT's sixth; the second found
 * those two and that file, BBBUSDC's fourth replaced, and 币安人生USDT's eighth gone.
 */
export async function market(file: string): Promise<void> {
  const first = await writerFor(file, SYMBOLS);
  await first.writer.commit(
    SYMBOLS.map((_, symbol) =>
      symbolUnit(
        symbol,
        Array.from({ length: DAYS - 2 }, (_, offset) => ({
          ...{ day: D0 + offset, etag: 7 },
          size: symbol === 0 && offset === 5 ? 0 : sizeOf(symbol, offset),
        })),
      ),
    ),
  );
  await first.store.connection.run("UPDATE runs SET ended_at = TIMESTAMP '2026-01-01 01:00:00'");
  await first.store.close();
  const second = await writerFor(file, SYMBOLS);
  const day = (offset: number, symbol: number, size: number) => dayUnit(D0 + offset, [{ symbol, size }]);
  await second.writer.commit([
    ...[38, 39].map((offset) =>
      dayUnit(
        D0 + offset,
        SYMBOLS.map((_, symbol) => ({ symbol, size: sizeOf(symbol, offset) })),
      ),
    ),
    day(5, 0, sizeOf(0, 5)),
    day(3, 1, 999),
    day(7, 2, 0),
  ]);
  await second.store.connection.run(
    `UPDATE runs SET ended_at = TIMESTAMP '2026-01-05' WHERE run_id = 2;
      UPDATE store_info SET symbols_discovered_at = TIMESTAMP '2026-01-05'`,
  );
  await second.store.close();
}

/** Runs a statement on a file, as another DuckDB client could. */
export async function change(file: string, sql: string): Promise<void> {
  const store = await openStore(file);
  await store.connection.run(sql);
  await store.close();
}

/** The rows of a list. */
export async function rowsOf({ files }: FilesAnswer): Promise<FileToFetch[]> {
  const rows = [];
  for await (const file of files) rows.push(file);
  return rows;
}

/** Puts files of a list into a folder, as a tool would that fetched them on the day after each upload. */
export function fetchInto(
  folder: string,
  rows: readonly FileToFetch[],
  placeOf = ({ path }: FileToFetch) => path,
): void {
  for (const row of rows) {
    const path = join(folder, placeOf(row));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.alloc(row.file_size_bytes ?? 0, 1));
    const time = new Date(Date.parse(row.last_modified ?? "") + DAY_MS);
    utimesSync(path, time, time);
  }
}
