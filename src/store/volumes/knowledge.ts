import type { Day } from "../../calendar/day.js";
import { DAY_MS } from "../../calendar/day.js";
import { periodSpan } from "../../calendar/period.js";
import { clip, islands, type Span } from "../../calendar/span.js";
import { dateOfDay, dayNumber } from "../../calendar/sql.js";
import type { VolumeFile, VolumeKnowledge } from "../../rows/volume-unit.js";
import type { Finality } from "../../vision/finality.js";
import type { Store } from "../open.js";
import { readRows } from "../read-rows.js";
import { KNOWN_BY_NOW, storedSpans } from "../volume-spans.js";

type KnownFile = VolumeKnowledge["files"][number];

/** SQL: whether a row belongs to a requested symbol. */
const IS_REQUESTED = "symbol IN (SELECT unnest($symbols))";

const FILE_SHAPE = {
  symbol: "text",
  source: "text",
  period: "day",
  size: "number",
  lastModified: "number",
  etagHigh: "number",
  etagLow: "number",
} as const;

/** Whether a file has any volumes. */
export async function hasVolumes(store: Store): Promise<boolean> {
  const [row] = await readRows(store, "SELECT count(*)::INTEGER FROM volume_spans", { count: "number" });
  return (row?.count ?? 0) > 0;
}

/**
 * What is known about the volumes of some symbols, in their order. A span recorded in the future counts as unknown, as
 * do the files of its days, which are read again.
 *
 * @param now ms since the Unix epoch
 */
export async function volumeKnowledge(
  store: Store,
  symbols: readonly string[],
  now: number,
): Promise<VolumeKnowledge[]> {
  const files = new Map<string, KnownFile[]>();
  const spans = new Map<string, Span[]>();
  const doubtful = new Map<string, Span[]>();
  const holeDays = new Map<string, Day[]>();
  for (const { symbol, from, to, knownByNow } of await storedSpans(store, now)) {
    add(knownByNow ? spans : doubtful, symbol, { from, to });
  }
  for (const { symbol, source, period, size, lastModified, etagHigh, etagLow } of await readFiles(store, symbols)) {
    const cadence: VolumeFile["cadence"] = source === "monthly" ? "monthly" : "daily";
    if (clip(doubtful.get(symbol) ?? [], periodSpan(cadence, period)).length > 0) continue;
    add(files, symbol, { cadence, period, size, lastModified, etag: { high: etagHigh, low: etagLow } });
  }
  const holeSql = openHolesSql(store.dataset.finality);
  for (const { symbol, day } of await readRows(store, holeSql, { symbol: "text", day: "day" }, { symbols, now })) {
    add(holeDays, symbol, day);
  }
  return symbols.map((symbol) => ({
    files: files.get(symbol) ?? [],
    spans: spans.get(symbol) ?? [],
    holes: islands(holeDays.get(symbol) ?? []),
  }));
}

function readFiles(store: Store, symbols: readonly string[]) {
  const sql = `SELECT symbol, source, ${dayNumber("from_date")}, file_size_bytes::DOUBLE,
      epoch_ms(last_modified)::DOUBLE, coalesce(etag >> 32, 0)::DOUBLE, coalesce(etag & 4294967295, 0)::DOUBLE
    FROM volume_files WHERE ${IS_REQUESTED}`;
  return readRows(store, sql, FILE_SHAPE, { symbols });
}

/** SQL: the days of known spans that have no bar and were probed before such a hole is final. */
function openHolesSql({ holeAfterDays }: Finality): string {
  const first = `greatest(${dayNumber("from_date")}, epoch_ms(known_at) // ${DAY_MS} - ${holeAfterDays - 1})`;
  return `SELECT symbol, day::INTEGER FROM (
      SELECT symbol, unnest(range(${first}, ${dayNumber("to_date")} + 1)) AS day FROM volume_spans WHERE ${IS_REQUESTED} AND ${KNOWN_BY_NOW}
    ) AS known ANTI JOIN daily_volumes AS bar ON bar.symbol = known.symbol AND bar.date = ${dateOfDay("known.day::INTEGER")}
    ORDER BY symbol, day`;
}

function add<T>(lists: Map<string, T[]>, symbol: string, item: T): void {
  const list = lists.get(symbol);
  if (list === undefined) lists.set(symbol, [item]);
  else list.push(item);
}
