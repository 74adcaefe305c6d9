import { formatTime } from "../calendar/time.js";
import { UsageError } from "../errors.js";
import type { ExchangeContract } from "../vision/exchange-info.js";
import { classifySymbol } from "../vision/symbol.js";
import { isSameState, rangeAt, withCapture, type CaptureTime, type ContractRange } from "./contract-ranges.js";
import { LIST, listValue, VARCHAR } from "./duckdb.js";
import { toStoreError } from "./duckdb-error.js";
import type { Store, WritableStore } from "./database.js";
import { readRows } from "./read-rows.js";
import { timestamp } from "./runs.js";
import { inTransaction } from "./transaction.js";

/** What the exchange showed at an instant. */
export interface ContractCapture {
  /** ms since the Unix epoch. */
  at: number;
  /** URL or name of the file that it came from. */
  source: string;
  /** Each symbol once. */
  contracts: readonly ExchangeContract[];
}

/** The differences between a capture and the previous one, by symbol. */
export interface CaptureNews {
  /** Whether the capture was not yet in the database. */
  isNew: boolean;
  added: string[];
  changed: string[];
  gone: string[];
}

/** A perpetual whose end the exchange has announced, in the form of answers and summaries; times in ISO 8601. */
export interface AnnouncedDelisting {
  symbol: string;
  /** When it ends. */
  delivery_date: string;
  /** Time of the first capture that showed this. */
  known_since: string;
}

/** Ranges by symbol, ascending for each. */
export type Contracts = ReadonlyMap<string, readonly ContractRange[]>;

/**
 * Everything that the captures showed.
 *
 * @throws StoreError when the file can't be read
 */
export async function knownContracts(store: Store): Promise<Map<string, ContractRange[]>> {
  const rows = await readRows(
    store,
    `SELECT symbol, epoch_ms(valid_from)::DOUBLE, epoch_ms(valid_to)::DOUBLE, status, contract_type, underlying_type,
      epoch_ms(onboard_date)::DOUBLE, epoch_ms(delivery_date)::DOUBLE FROM contracts ORDER BY symbol, valid_from`,
    {
      symbol: "text",
      from: "number",
      to: "number?",
      status: "text",
      contractType: "text",
      underlyingType: "text",
      onboardDate: "number",
      deliveryDate: "number?",
    },
  );
  const contracts = new Map<string, ContractRange[]>();
  for (const { symbol, to, deliveryDate, ...state } of rows) {
    const range = { ...state, to: to ?? undefined, deliveryDate: deliveryDate ?? undefined };
    const ranges = contracts.get(symbol);
    if (ranges === undefined) contracts.set(symbol, [range]);
    else ranges.push(range);
  }
  return contracts;
}

/**
 * The captures, ascending, with their sources; times in ms since the Unix epoch.
 *
 * @throws StoreError when the file can't be read
 */
export async function knownCaptures(store: Store): Promise<{ at: number; source: string }[]> {
  return await readRows(
    store,
    "SELECT epoch_ms(captured_at)::DOUBLE, source FROM contract_captures ORDER BY captured_at",
    { at: "number", source: "text" },
  );
}

/**
 * Finds out what a capture adds to a database.
 *
 * @returns the news, and the new ranges of each symbol whose ranges change
 * @throws UsageError when the database has a different capture of the same instant; StoreError
 */
export async function captureNews(
  store: Store,
  { at, contracts }: ContractCapture,
): Promise<{ news: CaptureNews; ranges: Contracts }> {
  const known = await knownContracts(store);
  const times = (await knownCaptures(store)).map((capture) => capture.at);
  const shown = new Map(contracts.map((contract) => [contract.symbol, contract]));
  const symbols = [...new Set([...known.keys(), ...shown.keys()])].sort();
  const isNew = !times.includes(at);
  if (!isNew) {
    const other = symbols.find((symbol) => !isSame(rangeAt(known.get(symbol) ?? [], at), shown.get(symbol)));
    if (other === undefined) return { news: { isNew, added: [], changed: [], gone: [] }, ranges: new Map() };
    throw new UsageError(`the capture of ${formatTime(at)} is already known, but differs in ${other}`);
  }
  const time: CaptureTime = {
    at,
    before: times.findLast((one) => one < at),
    after: times.find((one) => one > at),
  };
  const news: CaptureNews = { isNew, added: [], changed: [], gone: [] };
  const ranges = new Map<string, readonly ContractRange[]>();
  for (const symbol of symbols) {
    const before = known.get(symbol) ?? [];
    const was = time.before === undefined ? undefined : rangeAt(before, time.before);
    const is = shown.get(symbol);
    if (!isSame(was, is)) news[was === undefined ? "added" : is === undefined ? "gone" : "changed"].push(symbol);
    const after = withCapture(before, time, is);
    if (!isSameRanges(before, after)) ranges.set(symbol, after);
  }
  return { news, ranges };
}

/**
 * Adds a capture to a database. Captures may be added in any order.
 *
 * @throws UsageError when the database has a different capture of the same instant; StoreError
 */
export async function recordCapture(store: WritableStore, capture: ContractCapture): Promise<CaptureNews> {
  const { news, ranges } = await captureNews(store, capture);
  if (!news.isNew) return news;
  const { connection, file } = store;
  try {
    await inTransaction(connection, async () => {
      await connection.run(
        "DELETE FROM contracts WHERE list_contains($symbols, symbol)",
        { symbols: listValue([...ranges.keys()]) },
        { symbols: LIST(VARCHAR) },
      );
      await appendRanges(store, ranges);
      await connection.run("INSERT INTO contract_captures VALUES ($at, $source, $count)", {
        at: timestamp(capture.at),
        source: capture.source,
        count: capture.contracts.length,
      });
    });
  } catch (error) {
    throw toStoreError(file, error);
  }
  return news;
}

async function appendRanges({ connection }: Store, ranges: Contracts): Promise<void> {
  const appender = await connection.createAppender("contracts");
  const appendTime = (ms: number | undefined) => {
    if (ms === undefined) appender.appendNull();
    else appender.appendTimestamp(timestamp(ms));
  };
  try {
    for (const [symbol, ofSymbol] of ranges) {
      for (const range of ofSymbol) {
        appender.appendVarchar(symbol);
        appendTime(range.from);
        appendTime(range.to);
        appender.appendVarchar(range.status);
        appender.appendVarchar(range.contractType);
        appender.appendVarchar(range.underlyingType);
        appendTime(range.onboardDate);
        appendTime(range.deliveryDate);
        appender.endRow();
      }
    }
  } finally {
    appender.closeSync();
  }
}

/**
 * The perpetuals whose announced end in the last capture is still in the future, the next one first. Delivery
 * contracts, which always end, are left out.
 *
 * @param now ms since the Unix epoch
 * @throws StoreError when the file can't be read
 */
export async function announcedDelistings(store: Store, now: number): Promise<AnnouncedDelisting[]> {
  const announced = await readRows(
    store,
    `SELECT symbol, epoch_ms(delivery_date)::DOUBLE, epoch_ms(min(valid_from))::DOUBLE FROM contracts
      WHERE epoch_ms(delivery_date) > $now GROUP BY symbol, delivery_date HAVING bool_or(valid_to IS NULL)
      ORDER BY delivery_date, symbol`,
    { symbol: "text", deliveryDate: "number", knownSince: "number" },
    { now },
  );
  return announced
    .filter(({ symbol }) => classifySymbol(symbol).class !== "delivery")
    .map(({ symbol, deliveryDate, knownSince }) => ({
      symbol,
      delivery_date: formatTime(deliveryDate),
      known_since: formatTime(knownSince),
    }));
}

function isSame(a: ContractRange | undefined, b: ExchangeContract | undefined): boolean {
  return a === undefined || b === undefined ? a === b : isSameState(a, b);
}

function isSameRanges(a: readonly ContractRange[], b: readonly ContractRange[]): boolean {
  const isSameRange = (one: ContractRange, other: ContractRange | undefined) =>
    other !== undefined && one.from === other.from && one.to === other.to && isSameState(one, other);
  return a.length === b.length && a.every((range, index) => isSameRange(range, b[index]));
}
