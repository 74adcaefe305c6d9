import { LIST, listValue, VARCHAR } from "./duckdb.js";
import { classifySymbol, type SymbolClass } from "../vision/symbol.js";
import { toStoreError } from "./duckdb-error.js";
import type { Store } from "./open.js";
import { oncePerReader } from "./once-per-reader.js";
import { readRows } from "./read-rows.js";
import { timestamp } from "./runs.js";
import { inTransaction } from "./transaction.js";

/** A symbol that was found by a listing of the bucket. */
export interface KnownSymbol {
  symbol: string;
  class: SymbolClass;
  quote: string;
  /** The first and the last discovery that found it, ms since the Unix epoch. */
  firstSeen: number;
  lastSeen: number;
  /** The last complete listing without it, ms since the Unix epoch; undefined when there was none. */
  absentAt: number | undefined;
}

/** The known symbols, by name, and when the bucket's symbols were last listed (ms); undefined if never. */
export async function knownSymbols(
  store: Store,
): Promise<{ symbols: KnownSymbol[]; discoveredAt: number | undefined }> {
  try {
    const rows = await store.connection.runAndReadAll(
      `SELECT symbol, class, quote, epoch_ms(first_seen), epoch_ms(last_seen), epoch_ms(absent_at)
        FROM symbols ORDER BY symbol`,
    );
    const info = await store.connection.runAndReadAll("SELECT epoch_ms(symbols_discovered_at) FROM store_info");
    const discoveredAt = info.getRows()[0]?.[0];
    return {
      symbols: rows.getRows().map(([symbol, kind, quote, firstSeen, lastSeen, absentAt]) => ({
        symbol: String(symbol),
        class: String(kind) as SymbolClass,
        quote: String(quote),
        firstSeen: Number(firstSeen),
        lastSeen: Number(lastSeen),
        absentAt: absentAt === null ? undefined : Number(absentAt),
      })),
      discoveredAt: typeof discoveredAt === "bigint" ? Number(discoveredAt) : undefined,
    };
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/**
 * When the bucket's symbols were last listed, ms since the Unix epoch; undefined if never, or if the recorded time is
 * in the future.
 *
 * @param now ms since the Unix epoch
 */
export async function listedAt(store: Store, now: number): Promise<number | undefined> {
  return believedListing((await readListedAt(store)) ?? undefined, now);
}

/** The recorded time of a listing, unless it is later than `now` (ms since the Unix epoch). */
export function believedListing(at: number | undefined, now: number): number | undefined {
  return at === undefined || at > now ? undefined : at;
}

const readListedAt = oncePerReader(async (store: Store): Promise<number | null> => {
  const [info] = await readRows(store, "SELECT epoch_ms(symbols_discovered_at)::DOUBLE FROM store_info", {
    at: "number?",
  });
  return info?.at ?? null;
});

/**
 * Adds the names of a complete listing of the bucket. Nothing is ever removed: `gone` contains the symbols that were
 * known before but are not in this listing. A listing proves that an absent symbol had no files until then; one that
 * claims to come from the future proves nothing.
 *
 * @param now when the listing was made, ms since the Unix epoch.
 */
export async function recordDiscovery(
  store: Store,
  names: readonly string[],
  now: number,
): Promise<{ added: string[]; gone: string[] }> {
  const listed = new Set(names);
  const { symbols, discoveredAt } = await knownSymbols(store);
  const known = new Set(symbols.map(({ symbol }) => symbol));
  const added = [...listed].filter((name) => !known.has(name)).sort();
  const gone = [...known].filter((name) => !listed.has(name));
  const { connection, file } = store;
  const at = timestamp(now);
  try {
    await inTransaction(connection, async () => {
      await appendSymbols(store, added, now, believedListing(discoveredAt, now));
      await connection.run(
        `UPDATE symbols SET last_seen = $at, absent_at = CASE WHEN absent_at <= $at THEN absent_at END
          WHERE NOT list_contains($gone, symbol)`,
        { at, gone: listValue(gone) },
        { gone: LIST(VARCHAR) },
      );
      await connection.run(
        "UPDATE symbols SET absent_at = $at WHERE list_contains($gone, symbol)",
        { at, gone: listValue(gone) },
        { gone: LIST(VARCHAR) },
      );
      await connection.run("UPDATE store_info SET symbols_discovered_at = $at", { at });
    });
  } catch (error) {
    throw toStoreError(file, error);
  }
  return { added, gone };
}

/**
 * Appends symbols that the store doesn't know yet, in the caller's transaction.
 *
 * @param seen when they were first seen, ms since the Unix epoch
 * @param absentAt time of the last complete listing without them, if any
 */
export async function appendSymbols(
  store: Store,
  names: readonly string[],
  seen: number,
  absentAt?: number,
): Promise<void> {
  const at = timestamp(seen);
  const appender = await store.connection.createAppender("symbols");
  try {
    for (const name of names) {
      const facts = classifySymbol(name);
      appender.appendVarchar(name);
      appender.appendVarchar(facts.class);
      appender.appendVarchar(facts.quote);
      appender.appendTimestamp(at);
      appender.appendTimestamp(at);
      if (absentAt === undefined) appender.appendNull();
      else appender.appendTimestamp(timestamp(absentAt));
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
}
