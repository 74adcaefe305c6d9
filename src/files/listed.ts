import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { StoreError } from "../errors.js";
import { DAY, date, ms } from "../query/select.js";
import type { Store } from "../store/open.js";
import { readRows } from "../store/read-rows.js";
import { isSymbol } from "../vision/symbol.js";
import type { Selected } from "./selection.js";

/** A file of the index. */
export interface IndexedFile {
  symbol: string;
  day: Day;
  sizeBytes: number;
  /** ms since the Unix epoch. */
  uploadedAt: number;
  /** First 8 bytes of its md5 in hexadecimal; null when unknown. */
  etag: string | null;
  /** Why it is listed, if the caller asked for that. */
  reason: string | null;
}

/** Selects files first seen by a run or later ones; by upload time where the run that first saw a file is unknown. */
export interface Since {
  runId: number;
  /** ms since the Unix epoch. */
  time: number;
}

/** Days read at a time: the rows of a thousand symbols take a few MB. */
const BLOCK_DAYS = 32;

const SHAPE = {
  day: "day",
  symbol: "text",
  sizeBytes: "number",
  uploadedAt: "number",
  etag: "text?",
  reason: "text?",
} as const;

const COLUMNS = `${DAY}, symbol, file_size_bytes::DOUBLE, ${ms("last_modified")}, format('{:016x}', etag)`;

/**
 * SQL: the files that a run or a later one saw for the first time or found replaced. Where the run that first saw a
 * file is unknown, its upload time decides.
 */
const SINCE = `SELECT ${COLUMNS}, reason FROM (
    SELECT availability.*, CASE WHEN has_late THEN 'late'
        WHEN coalesce(first_run_id >= $runId, last_modified >= epoch_ms($time::BIGINT)) THEN 'new'
        WHEN symbol_of_change IS NOT NULL THEN 'replaced' END AS reason
      FROM availability LEFT JOIN (
        SELECT date AS day_of_change, symbol AS symbol_of_change, bool_or(kind = 'late') AS has_late FROM changes
          WHERE run_id >= $runId AND kind IN ('late', 'replaced') GROUP BY ALL
      ) ON date = day_of_change AND symbol = symbol_of_change
  ) WHERE reason IS NOT NULL AND available`;

const ALL = `SELECT ${COLUMNS}, NULL::VARCHAR FROM availability WHERE available`;

/**
 * The files of a selection in order of date and symbol, in blocks of days, so that a long list is never in memory as a
 * whole.
 *
 * @throws StoreError when the database can't be read or contains an invalid symbol, since paths are built from symbols
 */
export async function* indexedFiles(
  store: Store,
  selected: Selected,
  since: Since | undefined,
): AsyncGenerator<{ days: Span; files: IndexedFile[] }> {
  const { span, symbols, cells } = selected;
  const sql = `${since === undefined ? ALL : SINCE} AND date BETWEEN $from AND $to
    ${symbols === undefined ? "" : "AND symbol IN (SELECT unnest($symbols))"} ORDER BY date, symbol`;
  const filters = { ...since, ...(symbols === undefined ? {} : { symbols }) };
  for (let from = span.from; from <= span.to; from += BLOCK_DAYS) {
    const to = Math.min(span.to, from + BLOCK_DAYS - 1);
    const found = await readRows(store, sql, SHAPE, { ...filters, from: date(from), to: date(to) });
    const files = found
      .filter(({ symbol, day }) => selected.has(symbol, day))
      .map((file) => ({ ...file, reason: cells?.get(file.day)?.get(file.symbol) ?? file.reason }));
    refuseOtherNames(store.file, files);
    yield { days: { from, to }, files };
  }
}

/** No probe or import stores a name that could lead out of a folder, but a database made by others may contain any. */
function refuseOtherNames(file: string, files: readonly IndexedFile[]): void {
  const other = files.find(({ symbol }) => !isSymbol(symbol));
  if (other === undefined) return;
  throw new StoreError("STORE_FOREIGN", `${JSON.stringify(other.symbol)} in ${file} can't be a symbol`);
}
