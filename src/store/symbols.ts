import { LIST, listValue, VARCHAR } from "./duckdb.js";
import { classifySymbol, type SymbolClass } from "../vision/symbol.js";
import { toStoreError } from "./duckdb-error.js";
import type { Store } from "./open.js";
import { timestamp } from "./runs.js";
import { inTransaction } from "./transaction.js";

/** A symbol that a listing of the bucket has shown at some time. */
export interface KnownSymbol {
  symbol: string;
  class: SymbolClass;
  quote: string;
  /** Discoveries that showed it first and last, ms since the Unix epoch. */
  firstSeen: number;
  lastSeen: number;
}

/** The symbols known, by name, and when the bucket was last listed for them (ms), undefined when it never was. */
export async function knownSymbols(
  store: Store,
): Promise<{ symbols: KnownSymbol[]; discoveredAt: number | undefined }> {
  try {
    const rows = await store.connection.runAndReadAll(
      "SELECT symbol, class, quote, epoch_ms(first_seen), epoch_ms(last_seen) FROM symbols ORDER BY symbol",
    );
    const info = await store.connection.runAndReadAll("SELECT epoch_ms(symbols_discovered_at) FROM store_info");
    const discoveredAt = info.getRows()[0]?.[0];
    return {
      symbols: rows.getRows().map(([symbol, kind, quote, firstSeen, lastSeen]) => ({
        symbol: String(symbol),
        class: String(kind) as SymbolClass,
        quote: String(quote),
        firstSeen: Number(firstSeen),
        lastSeen: Number(lastSeen),
      })),
      discoveredAt: typeof discoveredAt === "bigint" ? Number(discoveredAt) : undefined,
    };
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/**
 * Adds the names of a whole listing of the bucket. Nothing is ever removed: `gone` names the symbols that were known
 * before and are not in this listing.
 *
 * @param now when the listing was made, ms since the Unix epoch.
 */
export async function recordDiscovery(
  store: Store,
  names: readonly string[],
  now: number,
): Promise<{ added: string[]; gone: string[] }> {
  const listed = new Set(names);
  const known = new Set((await knownSymbols(store)).symbols.map(({ symbol }) => symbol));
  const added = [...listed].filter((name) => !known.has(name)).sort();
  const gone = [...known].filter((name) => !listed.has(name));
  const { connection, file } = store;
  const at = timestamp(now);
  try {
    await inTransaction(connection, async () => {
      await appendSymbols(store, added, now);
      await connection.run(
        "UPDATE symbols SET last_seen = $at WHERE NOT list_contains($gone, symbol)",
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
 * Appends symbols that the store does not know yet, as part of the caller's transaction.
 *
 * @param seen when they were first seen, ms since the Unix epoch
 */
export async function appendSymbols(store: Store, names: readonly string[], seen: number): Promise<void> {
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
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
}
