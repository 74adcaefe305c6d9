import { join } from "node:path";
import { openAvailability, type Availability } from "../../src/open-availability.js";
import type { Day } from "../../src/calendar/day.js";
import { recordDiscovery } from "../../src/store/symbols.js";
import { temporaryFolder } from "./database.js";
import { LATE, symbolUnit, writerFor } from "./store.js";
import { writeVolumes, type KnownVolumes } from "./volumes.js";

/** A symbol's files and, if known, its volumes. */
export interface MarketSymbol {
  symbol: string;
  /** File size of each day from the market's first day on, bytes; 0 if there is no file. */
  sizes: readonly number[];
  volumes?: readonly Omit<KnownVolumes, "symbol">[];
}

/** A database with a market, open for queries; `close` removes it. */
export interface OpenMarket {
  db: Availability;
  file: string;
  close: () => Promise<void>;
}

/** Writes a market whose cells are all final. */
export async function openMarket(from: Day, symbols: readonly MarketSymbol[]): Promise<OpenMarket> {
  const folder = temporaryFolder();
  const file = join(folder.path, "a.duckdb");
  const names = symbols.map(({ symbol }) => symbol);
  const { store, writer } = await writerFor(file, names);
  await writer.commit(
    symbols.map(({ sizes }, index) =>
      symbolUnit(
        index,
        sizes.map((size, day) => ({ day: from + day, size })),
      ),
    ),
  );
  await recordDiscovery(store, names, LATE);
  await writeVolumes(
    store,
    symbols.flatMap(({ symbol, volumes = [] }) => volumes.map((known) => ({ symbol, ...known }))),
  );
  await store.close();
  const db = await openAvailability(file);
  return {
    db,
    file,
    close: async () => {
      await db.close();
      folder.remove();
    },
  };
}
