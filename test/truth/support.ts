import { join } from "node:path";
import { test } from "vitest";
import { dayOf, DAY_MS, formatDay, type Day } from "../../src/calendar/day.js";
import { openAvailability, type Availability } from "../../src/open-availability.js";
import { backfill } from "../../src/run/backfill.js";
import { discover } from "../../src/run/discover.js";
import { sweep } from "../../src/run/sweep.js";
import { update } from "../../src/run/update.js";
import { temporaryFolder } from "../support/database.js";
import { CLOCK_PRELOAD, installClock } from "../model/clock.js";
import { BucketHistory, type BucketFile } from "../model/history.js";
import { startLivingBucket, type Fault, type LivingBucket } from "../model/living-bucket.js";
import type { Probe } from "../model/probes.js";

const HOUR_MS = 3_600_000;

/** Bytes of the file of a day with trades, and of one without. */
export const LIVE = 50_000;
export const FLAT = 8_000;

/** A bucket whose content changes, the machine's clock, and the product. */
export interface World {
  db: string;
  endpoints: { endpoint: string; listEndpoint: string };
  /** The bucket's requests, in order; emptied by `at`. */
  probes: Probe[];
  /** Moves the clock, of the bucket and of the machine, to 12:00 UTC of a date or to a time. */
  at(time: string): void;
  /** Puts files of some symbols into the bucket, day by day; each exists from 08:00 UTC of the following day on. */
  files(symbols: string, from: string, to: string, size?: number): void;
  /** Changes a file from a date on; undefined removes it. */
  put(symbol: string, date: string, from: string, size: number | undefined): void;
  /** Keeps a file of `files` from appearing; it may be put later. */
  withhold(symbol: string, date: string): void;
  /** Makes requests fail as long as it is set. */
  fault: ((request: { method: "HEAD" | "GET"; symbol: string; day: Day }) => Fault | undefined) | undefined;
  /** Makes list pages write upload times (ms) in another form than S3's. */
  listedTime: ((modified: number) => string) | undefined;
  update(options?: Partial<Parameters<typeof update>[0]>): ReturnType<typeof update>;
  backfill(options?: Partial<Parameters<typeof backfill>[0]>): ReturnType<typeof backfill>;
  sweep(): ReturnType<typeof sweep>;
  discover(): ReturnType<typeof discover>;
  /** Opens the file for queries. */
  ask<Result>(question: (file: Availability) => Promise<Result>): Promise<Result>;
}

/** A file in the bucket. */
function fileOf(symbol: string, day: Day, size: number, modified: number): BucketFile {
  const text = `${symbol} ${day} ${size} ${modified}`;
  const etag = Array.from({ length: 32 }, (_, at) =>
    ((text.charCodeAt(at % text.length) * (at + 7)) % 16).toString(16),
  );
  return { size, modified, etag: etag.join("") };
}

/** Times as `2025-03-20`, noon UTC, or `2025-03-20T08:50`. */
function timeOf(text: string): number {
  return text.includes("T") ? Date.parse(`${text}:00Z`) : dayOf(text) * DAY_MS + 12 * HOUR_MS;
}

/** The test function: each test gets its own `world` with an empty bucket, or an empty `folder` and the real clock. */
export const it = test.extend<{ world: World; folder: string }>({
  folder: async ({}, use) => {
    const { path, remove } = temporaryFolder();
    await use(path);
    remove();
  },
  world: async ({ folder }, use) => {
    const history = new BucketHistory();
    const clock = installClock(timeOf("2025-01-01"));
    const probes: Probe[] = [];
    let bucket: LivingBucket | undefined;
    try {
      bucket = await startLivingBucket({
        filesOf: (symbol) => history.filesAt(symbol, Date.now()),
        fileOf: (symbol, day) => history.fileAt(symbol, day, Date.now()),
        folders: () => history.foldersAt(Date.now()),
        faultOf: (request) => world.fault?.(request),
        answered: (probe) => probes.push(probe),
        listedTime: (modified) => world.listedTime?.(modified) ?? new Date(modified).toISOString(),
      });
      const db = join(folder, "a.duckdb");
      const endpoints = { endpoint: bucket.endpoint, listEndpoint: bucket.listEndpoint };
      const options = { db, ...endpoints, threads: 1, retries: 0, timeoutMs: 600_000 };
      const world: World = {
        db,
        endpoints,
        probes,
        fault: undefined,
        listedTime: undefined,
        at: (time) => {
          probes.length = 0;
          clock.set(timeOf(time));
        },
        files: (symbols, from, to, size = LIVE) => {
          for (const symbol of symbols.split(" ")) {
            for (let day = dayOf(from); day <= dayOf(to); day++) {
              const uploaded = (day + 1) * DAY_MS + 8 * HOUR_MS;
              history.put(symbol, day, uploaded, fileOf(symbol, day, size, uploaded));
            }
          }
        },
        put: (symbol, date, from, size) => {
          const [day, since] = [dayOf(date), timeOf(from)];
          history.put(symbol, day, since, size === undefined ? undefined : fileOf(symbol, day, size, since));
        },
        withhold: (symbol, date) => {
          const day = dayOf(date);
          history.put(symbol, day, (day + 1) * DAY_MS + 8 * HOUR_MS, undefined);
        },
        update: (given) => update({ ...options, reject: false, ...given }),
        backfill: (given) => backfill({ ...options, reject: false, ...given }),
        sweep: () => sweep({ ...options, reject: false }),
        discover: () => discover(options),
        ask: async (question) => {
          await using file = await openAvailability(db);
          return await question(file);
        },
      };
      await use(world);
    } finally {
      await bucket?.close();
      clock.uninstall();
    }
  },
});

/** The environment in which a command finds the world's file and its time. */
export function clockEnv({ db }: World): NodeJS.ProcessEnv {
  return { BFA_DB: db, BFA_MODEL_CLOCK: String(Date.now()), NODE_OPTIONS: `--require ${CLOCK_PRELOAD}` };
}

/** Days from one date to another, as dates. */
export function dates(from: string, to: string): string[] {
  return Array.from({ length: dayOf(to) - dayOf(from) + 1 }, (_, at) => formatDay(dayOf(from) + at));
}

/** The symbols of some rows. */
export function symbolsOf({ rows }: { rows: readonly { symbol: string }[] }): string[] {
  return rows.map(({ symbol }) => symbol);
}
