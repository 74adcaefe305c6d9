import { dayAt, DAY_MS, type Day } from "../calendar/day.js";
import { countDays, gapsBetween, islands, unionSpans, type Span } from "../calendar/span.js";
import { dateLiteral, dateOfDay, dayNumber } from "../calendar/sql.js";
import type { Finality } from "../vision/finality.js";
import { livesOf, separatesLives } from "../vision/lives.js";
import { classifySymbol } from "../vision/symbol.js";
import { INTEGER, LIST, listValue, VARCHAR } from "./duckdb.js";
import { toStoreError } from "./duckdb-error.js";
import type { Store } from "./open.js";

/**
 * Why a cell is due: it was never probed; its last probe came too early to be believed, as that of a hole does for
 * longer; or that probe says that it was made later than now.
 */
export const DUE_REASONS = ["never_probed", "provisional", "hole", "clock"] as const;
export type DueReason = (typeof DUE_REASONS)[number];

/** The cells that are due. */
export interface DueCells {
  /** For each symbol asked about, in that order: its due days, ascending and disjoint. */
  spans: Span[][];
  /** Number of due cells by reason. */
  counts: Record<DueReason, number>;
  /** Due cells of dormant symbols that are left for their next look, which are not among those above. */
  dormantCount: number;
}

/** What the table knows of a symbol. */
interface SymbolRows {
  /** Its rows in the span asked about: their number, first and last day. */
  count: number;
  first: Day;
  last: Day;
  /** First and last day with a file, of any day. */
  firstFile: Day | undefined;
  lastFile: Day | undefined;
}

/** A row that must be probed again. */
interface DueRow {
  day: Day;
  /** ms since the Unix epoch. */
  probedAt: number;
  reason: Exclude<DueReason, "never_probed">;
}

/**
 * Decides cell by cell what is due: each cell, available or missing, until it was probed late enough. A run over some
 * symbols or days says nothing about the others.
 *
 * A dormant symbol is looked after once a week: its cells are due when one of them has waited for so long.
 *
 * @param now ms since the Unix epoch
 * @throws StoreError when the file can't be read
 */
export async function dueCells(
  store: Store,
  wanted: { symbols: readonly string[] } & Span,
  now: number,
): Promise<DueCells> {
  try {
    const known = await symbolRows(store, wanted);
    const broken = [...known].filter(([, { count, first, last }]) => count < last - first + 1).map(([name]) => name);
    const probed = await probedSpans(store, broken, wanted);
    const rows = await dueRows(store, wanted, now);
    const due: DueCells = {
      spans: [],
      counts: { never_probed: 0, provisional: 0, hole: 0, clock: 0 },
      dormantCount: 0,
    };
    for (const symbol of wanted.symbols) {
      const facts = known.get(symbol);
      const gaps = gapsBetween(probed.get(symbol) ?? wholeSpan(facts), wanted);
      const again = rows.get(symbol) ?? [];
      const cells = unionSpans(gaps, islands(again.map(({ day }) => day)));
      if (facts !== undefined && isResting(store.dataset.finality, facts, gaps, again, now)) {
        due.dormantCount += countDays(cells);
        due.spans.push([]);
        continue;
      }
      due.spans.push(cells);
      due.counts.never_probed += countDays(gaps);
      for (const { reason } of again) due.counts[reason]++;
    }
    return due;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/** Whether a symbol is dormant, and none of its due cells has waited for its next look. */
function isResting(
  { dormantAfterDays, dormantEveryDays }: Finality,
  { lastFile }: SymbolRows,
  gaps: readonly Span[],
  again: readonly DueRow[],
  now: number,
): boolean {
  if (lastFile !== undefined && dayAt(now) - 1 - lastFile < dormantAfterDays) return false;
  const since = now - dormantEveryDays * DAY_MS;
  const first = gaps[0];
  return (
    (first === undefined || (first.from + 1) * DAY_MS > since) &&
    again.every(({ probedAt }) => probedAt > since && probedAt <= now)
  );
}

function wholeSpan(facts: SymbolRows | undefined): Span[] {
  return facts === undefined || facts.count === 0 ? [] : [{ from: facts.first, to: facts.last }];
}

async function symbolRows({ connection }: Store, { from, to }: Span): Promise<Map<string, SymbolRows>> {
  const asked = `FILTER (date BETWEEN ${dateLiteral(from)} AND ${dateLiteral(to)})`;
  const found = await connection.runAndReadAll(
    `SELECT symbol, count(*) ${asked}::INTEGER, ${dayNumber(`min(date) ${asked}`)}, ${dayNumber(`max(date) ${asked}`)},
        ${dayNumber("min(date) FILTER (available)")}, ${dayNumber("max(date) FILTER (available)")}
      FROM availability GROUP BY symbol`,
  );
  return new Map(
    found.getRows().map(([symbol, count, first, last, firstFile, lastFile]) => [
      String(symbol),
      {
        count: Number(count),
        first: Number(first),
        last: Number(last),
        firstFile: firstFile === null ? undefined : Number(firstFile),
        lastFile: lastFile === null ? undefined : Number(lastFile),
      },
    ]),
  );
}

/** The spans of days that have rows, of symbols whose rows are not one span. */
async function probedSpans(
  { connection }: Store,
  symbols: readonly string[],
  { from, to }: Span,
): Promise<Map<string, Span[]>> {
  const spans = new Map<string, Span[]>();
  if (symbols.length === 0) return spans;
  // Days of a symbol that follow each other without a gap have the same difference of day and rank.
  const found = await connection.runAndReadAll(
    `SELECT symbol, ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM (
        SELECT symbol, date, date - row_number() OVER (PARTITION BY symbol ORDER BY date)::INTEGER AS island
        FROM availability
        WHERE date BETWEEN ${dateLiteral(from)} AND ${dateLiteral(to)} AND symbol IN (SELECT unnest($symbols))
      ) GROUP BY symbol, island ORDER BY 1, 2`,
    { symbols: listValue([...symbols]) },
    { symbols: LIST(VARCHAR) },
  );
  for (const [symbol, first, last] of found.getRows()) {
    const ofSymbol = spans.get(String(symbol)) ?? [];
    ofSymbol.push({ from: Number(first), to: Number(last) });
    spans.set(String(symbol), ofSymbol);
  }
  return spans;
}

/** The rows whose probe is not believed, by symbol, ascending by day. */
async function dueRows(store: Store, { from, to }: Span, now: number): Promise<Map<string, DueRow[]>> {
  const { afterDays, holeAfterDays } = store.dataset.finality;
  // Whole days are compared, which takes half the time of comparing times, and says the same.
  const probedOn = "(epoch_ms(probe_timestamp) // 86400000)";
  const found = await store.connection.runAndReadAll(
    `WITH files AS (SELECT symbol, min(date) AS first, max(date) AS last FROM availability WHERE available GROUP BY symbol)
      SELECT symbol, ${dayNumber("date")}, epoch_ms(probe_timestamp)::DOUBLE,
        CASE WHEN epoch_ms(probe_timestamp) > ${now} THEN 'clock'
          WHEN ${probedOn} < ${dayNumber("date")} + ${afterDays} THEN 'provisional' ELSE 'hole' END
      FROM availability LEFT JOIN files USING (symbol)
      WHERE date BETWEEN ${dateLiteral(from)} AND ${dateLiteral(to)}
        AND (epoch_ms(probe_timestamp) > ${now} OR ${probedOn} < ${dayNumber("date")} + ${afterDays}
          OR (NOT available AND date > first AND date < last AND ${probedOn} < ${dayNumber("date")} + ${holeAfterDays}))
      ORDER BY 1, 2`,
  );
  const rows = new Map<string, DueRow[]>();
  for (const [symbol, day, probedAt, reason] of found.getRows()) {
    const ofSymbol = rows.get(String(symbol)) ?? [];
    ofSymbol.push({ day: Number(day), probedAt: Number(probedAt), reason: String(reason) as DueRow["reason"] });
    rows.set(String(symbol), ofSymbol);
  }
  return await withoutBreaks(store, rows);
}

/** Leaves out the missing files that are no holes, since they lie between two lives of their symbol. */
async function withoutBreaks(store: Store, rows: Map<string, DueRow[]>): Promise<Map<string, DueRow[]>> {
  const candidates = [...rows].filter(([, due]) => due.some(({ reason }) => reason === "hole")).map(([name]) => name);
  if (candidates.length === 0) return rows;
  const folders = await settledFolders(store);
  const withFolder = candidates.filter((symbol) => folders.has(classifySymbol(symbol).ticker));
  const lives = await symbolLives(store, withFolder);
  const neighbours = await neighbouringFiles(store, rows);
  for (const symbol of candidates) {
    const ofSymbol = lives.get(symbol);
    const isHole = ({ day }: DueRow): boolean => {
      if (ofSymbol !== undefined) return ofSymbol.some((life) => life.from < day && day < life.to);
      const around = neighbours.get(`${symbol} ${day}`);
      return around !== undefined && !separatesLives(around.from, around.to, []);
    };
    const due = rows.get(symbol)?.filter((row) => row.reason !== "hole" || isHole(row));
    if (due !== undefined) rows.set(symbol, due);
  }
  return rows;
}

/** The last file before and the first one after each candidate for a hole, by symbol and day. */
async function neighbouringFiles({ connection }: Store, rows: Map<string, DueRow[]>): Promise<Map<string, Span>> {
  const cells = [...rows].flatMap(([symbol, due]) =>
    due.filter(({ reason }) => reason === "hole").map(({ day }) => ({ symbol, day })),
  );
  const found = await connection.runAndReadAll(
    `WITH cells AS (SELECT unnest($symbols) AS symbol, ${dateOfDay("unnest($days)")} AS date)
      SELECT symbol, ${dayNumber("cells.date")}, ${dayNumber("max(files.date) FILTER (files.date < cells.date)")},
        ${dayNumber("min(files.date) FILTER (files.date > cells.date)")}
      FROM cells JOIN availability AS files USING (symbol) WHERE available GROUP BY symbol, cells.date`,
    { symbols: listValue(cells.map(({ symbol }) => symbol)), days: listValue(cells.map(({ day }) => day)) },
    { symbols: LIST(VARCHAR), days: LIST(INTEGER) },
  );
  return new Map(
    found
      .getRows()
      .map(([symbol, day, from, to]) => [`${String(symbol)} ${Number(day)}`, { from: Number(from), to: Number(to) }]),
  );
}

/** The lives of some symbols, each ascending. */
export async function symbolLives(store: Store, symbols: readonly string[]): Promise<Map<string, Span[]>> {
  const lives = new Map<string, Span[]>();
  if (symbols.length === 0) return lives;
  const { connection } = store;
  const folders = await settledFolders(store);
  const found = await connection.runAndReadAll(
    `SELECT symbol, ${dayNumber("date")}, file_size_bytes::DOUBLE FROM availability
      WHERE available AND symbol IN (SELECT unnest($symbols)) ORDER BY symbol, date`,
    { symbols: listValue([...symbols]) },
    { symbols: LIST(VARCHAR) },
  );
  const files = new Map<string, { day: Day; size: number }[]>();
  for (const [symbol, day, size] of found.getRows()) {
    const ofSymbol = files.get(String(symbol)) ?? [];
    ofSymbol.push({ day: Number(day), size: Number(size) });
    files.set(String(symbol), ofSymbol);
  }
  for (const [symbol, ofSymbol] of files) {
    const { class: kind, ticker } = classifySymbol(symbol);
    lives.set(symbol, livesOf(ofSymbol, kind === "perpetual" ? (folders.get(ticker) ?? []) : []));
  }
  return lives;
}

/** From the first to the last file of each settled folder, by ticker. */
async function settledFolders({ connection }: Store): Promise<Map<string, Span[]>> {
  const folders = new Map<string, Span[]>();
  const found = await connection.runAndReadAll(
    `SELECT symbol, ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM availability
      WHERE available AND symbol LIKE '%SETTLED' GROUP BY symbol`,
  );
  for (const [symbol, first, last] of found.getRows()) {
    const { ticker } = classifySymbol(String(symbol));
    const ofTicker = folders.get(ticker) ?? [];
    ofTicker.push({ from: Number(first), to: Number(last) });
    folders.set(ticker, ofTicker);
  }
  return folders;
}
