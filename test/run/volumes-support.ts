import { join } from "node:path";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import type { UpdateOptions, VolumesOptions } from "../../src/run/options.js";
import { update } from "../../src/run/update.js";
import { volumes } from "../../src/run/volumes.js";
import { rowsOf, temporaryFolder } from "../support/database.js";
import { datesOf, volumeKey, VolumeBucket } from "../support/volume-bucket.js";

/** The symbols of the tests: the first for runs for volumes, the second for updates. */
export const BTC = "BTCUSDT";
export const ETH = "ETHUSDT";
/** The dates of January 2024. */
export const JANUARY = datesOf("2024-01", 31);
/** The last day whose file, if there is none, is believed to be absent. */
export const believed = formatDay(dayAt(Date.now()) - 4);
/** The span of a symbol about which everything is known. */
export const ALL_DAYS = `2019-12-31 ${believed}`;

/** An empty bucket, a file that doesn't exist yet, and runs that fetch from the bucket into the file. */
async function newWorld() {
  const folder = temporaryFolder();
  const db = join(folder.path, "a.duckdb");
  const bucket = await new VolumeBucket().start();
  const where = { db, endpoint: bucket.url, listEndpoint: bucket.listUrl };
  const strictly = { unlisted: true, retries: 0, timeoutMs: 600_000, threads: 1, reject: false };
  const ask = async (sql: string) => (await rowsOf(db, sql)).map((row) => row.map(String).join(" "));
  return {
    ...{ db, bucket, ask },
    run: (options: Partial<VolumesOptions> = {}) => volumes({ ...where, ...strictly, symbols: [BTC], ...options }),
    updated: (options: Partial<UpdateOptions> = {}) =>
      update({ ...where, ...strictly, symbols: [ETH], source: "list", ...options }),
    /** The bars of each symbol: date, close, source. */
    bars: async () => bySymbol(await ask("SELECT symbol, date, close, source FROM daily_volumes ORDER BY ALL")),
    /** The known days of each symbol: from, to. */
    spans: async () => bySymbol(await ask("SELECT symbol, from_date, to_date FROM volume_spans ORDER BY ALL")),
    /** The files of each symbol: source, from, to, verified, rows. */
    files: async () =>
      bySymbol(
        await ask(
          "SELECT symbol, source, from_date, to_date, verified, row_count FROM volume_files ORDER BY symbol, source, from_date",
        ),
      ),
    close: async () => {
      await bucket.close();
      folder.remove();
    },
  };
}
/** See {@link newWorld}. */
export type World = Awaited<ReturnType<typeof newWorld>>;

/** Texts that begin with a symbol, without it, by symbol. */
function bySymbol(texts: readonly string[]): (symbol: string) => string[] {
  return (symbol) => texts.filter((text) => text.startsWith(`${symbol} `)).map((text) => text.slice(symbol.length + 1));
}

/** A world for one test. */
export async function ownWorld(): Promise<World> {
  const world = await newWorld();
  onTestFinished(world.close);
  return world;
}

/** A world for all tests of a block, which only look at what happened to it. */
export function sharedWorld<Happened>(happens: (world: World) => Promise<Happened>): { it: Happened } {
  const shared = {} as { it: Happened };
  let world: World;
  beforeAll(async () => {
    world = await newWorld();
    shared.it = await happens(world);
  });
  afterAll(() => world.close());
  return shared;
}

const withChecksums = (keys: readonly string[]) => keys.flatMap((key) => [key, `${key}.CHECKSUM`]).sort();
/** Keys of a symbol's files for months or days, including their checksum files, sorted. */
export const keysOf = (symbol: string, periods: readonly string[]) =>
  withChecksums(periods.map((period) => volumeKey(symbol, period)));
