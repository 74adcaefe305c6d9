import { UsageError } from "../errors.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";
import { datasetPrefix } from "../vision/object-key.js";
import { DAY_MS, dayAt, formatDay, type Day } from "../calendar/day.js";
import { FolderBuilder, historyOf, type Folder, type ForeignObject, type History } from "./history.js";
import { between, chance, hashText, mix } from "./random.js";
import { uploadSecond } from "./upload-time.js";

/** Options of a synthetic history. The same options always give the same history. */
export interface SyntheticOptions {
  /** Last day with files. A later one extends the history without changing earlier days. */
  through: Day;
  /** Any whole number; default 1. */
  seed?: number | undefined;
  /** Number of symbols that `bfa update` covers, including settled ones; delivery contracts are extra. Default 327. */
  symbols?: number | undefined;
  /**
   * First day with files; default 2019-12-31, as in the bucket. A later one omits files without changing the others.
   */
  from?: Day | undefined;
  /**
   * Time (ms since the Unix epoch) of the observation: later uploads haven't happened yet. Default: all have happened.
   */
  now?: number | undefined;
}

/** The default end of a history: yesterday, without files that would have been uploaded after `now` (ms). */
export function untilNow(now = Date.now()): Pick<SyntheticOptions, "through" | "now"> {
  return { through: dayAt(now) - 1, now };
}

/** Default number of symbols, that of the seed system's universe. */
export const DEFAULT_SYMBOLS = 327;

/** More symbols than any exchange lists; a larger number is a mistake. */
export const MAX_SYMBOLS = 20_000;

/** First day of the symbols that existed from the start. */
const BEGIN = DEFAULT_DATASET.firstPeriod;
/** Days after {@link BEGIN} over which the other symbols are listed: all exist from 2025-10. */
const LISTING_DAYS = 2_100;

/** Purposes of {@link chance}; each number is used once. */
const draw = {
  listed: 101,
  ends: 102,
  lifeDays: 103,
  flatAfter: 104,
  hole: 105,
  gap: 106,
  gapDays: 107,
  baseSize: 108,
  month: 109,
  day: 110,
  quote: 111,
  flatSize: 112,
  firstHours: 113,
} as const;

/** Length of the stretches over which sizes drift together: about a month. */
const STRETCH_DAYS = 30;

/** Share of days whose file was never published. */
const HOLE_SHARE = 0.0005;
/** Share of stretches in which several consecutive days are missing. */
const GAP_SHARE = 0.004;

/** The life of one symbol. */
interface Life {
  symbol: string;
  listed: Day;
  /** Last day of trading; Infinity if trading continues. */
  lastTrade: Day;
  /** Last day with a file: flat files may continue after the last trade. */
  lastFile: Day;
}

/** Real names of every form come first, so that a history of a dozen symbols contains them all. */
const NAMED = [
  "BTCUSDT",
  "ETHUSDT",
  "BCHUSDT",
  "币安人生USDT",
  "ICPUSDT_SETTLED",
  "ICPUSDT",
  "AERGOUSDTSETTLEDSETTLED",
  "AERGOUSDTSETTLED",
  "AERGOUSDT",
  "1000PEPEUSDC",
  "BTCBUSD",
  "龙虾USDT",
];

/** Relisted tickers, with the names of their old contracts, oldest first. */
const RELISTED: Readonly<Record<string, readonly string[]>> = {
  ICPUSDT: ["ICPUSDT_SETTLED"],
  AERGOUSDT: ["AERGOUSDTSETTLEDSETTLED", "AERGOUSDTSETTLED"],
};

const MAJORS = 3;

/**
 * A deterministic history that resembles the bucket: symbols listed and delisted on different days, holes, late files,
 * settled and delivery contracts, non-ASCII names, files of about 8 kB that continue after a contract's end, and two
 * foreign objects. Sizes are modelled on the real bucket: active files have a median of 49 kB (5th to 99th percentile
 * 37 to 62 kB), flat ones 7.4 to 8.1 kB.
 *
 * @throws UsageError for an invalid number of symbols
 */
export function syntheticHistory(options: SyntheticOptions): History {
  const { through, seed = 1, symbols = DEFAULT_SYMBOLS, from = BEGIN } = options;
  if (!Number.isInteger(symbols) || symbols < 1 || symbols > MAX_SYMBOLS) {
    throw new UsageError(`${symbols} is not a valid number of symbols; use 1 to ${MAX_SYMBOLS}`);
  }
  const nowSecond = Math.floor((options.now ?? Infinity) / 1000);
  const lives = [...livesOf(symbolNames(symbols, seed), seed), ...deliveryLives(through)];
  const folders = lives
    .filter((life) => life.listed <= through && life.lastFile >= from)
    .map((life) => folderOf(life, seed, from, through, nowSecond));
  return historyOf(folders, foreignObjects(nowSecond));
}

/** The first `count` names: {@link NAMED}, then made-up tickers. */
function symbolNames(count: number, seed: number): string[] {
  const names = new Set(NAMED.slice(0, count));
  for (let i = 0; names.size < count; i++) names.add(madeUpName(i, seed));
  return [...names];
}

function madeUpName(index: number, seed: number): string {
  const consonants = "BCDFGKLMNPRSTVXZ";
  const vowels = "AEIOU";
  let bits = mix(index ^ mix(seed)) >>> 0;
  let ticker = "";
  for (let i = 0; i < 4; i++) {
    const alphabet = i % 2 === 0 ? consonants : vowels;
    ticker += alphabet.charAt(bits % alphabet.length);
    bits = Math.floor(bits / alphabet.length);
  }
  // A number keeps names unique once the 6,400 syllables run out, and is a form that exists (`1000SHIBUSDT`).
  const round = Math.floor(index / 1000);
  const scale = round > 0 ? String(round * 1000) : "";
  const quote = chance(seed, draw.quote, index);
  return `${scale}${ticker}${quote < 0.92 ? "USDT" : quote < 0.97 ? "USDC" : "BUSD"}`;
}

/** Lives in the order of the names. A relisted ticker begins after the end of its old contracts. */
function livesOf(names: readonly string[], seed: number): Life[] {
  const old = new Map(
    Object.values(RELISTED).flatMap((symbols) => symbols.map((symbol, round) => [symbol, { round }] as const)),
  );
  return names.map((symbol, index) => {
    if (index < MAJORS) return { symbol, listed: BEGIN, lastTrade: Infinity, lastFile: Infinity };
    const owner = hashText(symbol);
    const third = Math.floor(LISTING_DAYS / 3);
    const settled = old.get(symbol);
    if (settled) {
      // Each old contract of a ticker lives in one third of the listing period and goes flat at its end.
      const listed = BEGIN + third * settled.round;
      return { symbol, listed, lastTrade: listed + third - 30, lastFile: Infinity };
    }
    if (symbol in RELISTED) {
      return {
        symbol,
        listed: BEGIN + third * (RELISTED[symbol]?.length ?? 0),
        lastTrade: Infinity,
        lastFile: Infinity,
      };
    }
    const listed = BEGIN + between(0, LISTING_DAYS, chance(seed, draw.listed, owner));
    if (chance(seed, draw.ends, owner) >= 0.25) return { symbol, listed, lastTrade: Infinity, lastFile: Infinity };
    const lastTrade = listed + between(90, 1200, chance(seed, draw.lifeDays, owner));
    const goesFlat = chance(seed, draw.flatAfter, owner) < 0.5;
    return { symbol, listed, lastTrade, lastFile: goesFlat ? Infinity : lastTrade };
  });
}

/** Quarterly contracts of BTCUSDT and ETHUSDT since 2021: half a year each, ending on a quarter's last Friday. */
function deliveryLives(through: Day): Life[] {
  const lives: Life[] = [];
  for (let quarter = 0; ; quarter++) {
    const expiry = lastFridayOfQuarter(quarter);
    const listed = lastFridayOfQuarter(quarter - 2);
    if (listed > through) return lives;
    const suffix = formatDay(expiry).slice(2).replaceAll("-", "");
    for (const pair of ["BTCUSDT", "ETHUSDT"]) {
      lives.push({ symbol: `${pair}_${suffix}`, listed, lastTrade: expiry, lastFile: expiry });
    }
  }
}

/** Last Friday of a quarter, counted from the first quarter of 2021. */
function lastFridayOfQuarter(quarter: number): Day {
  const lastDay = Date.UTC(2021, quarter * 3 + 3, 0) / DAY_MS;
  // Day 1 (1970-01-02) was a Friday.
  return lastDay - ((lastDay - 1) % 7);
}

function folderOf(life: Life, seed: number, from: Day, through: Day, nowSecond: number): Folder {
  const builder = new FolderBuilder(life.symbol);
  const owner = hashText(life.symbol);
  const last = Math.min(through, life.lastFile);
  for (let day = Math.max(from, life.listed); day <= last; day++) {
    const uploaded = uploadSecond(seed, owner, day, nowSecond);
    if (uploaded <= nowSecond && !isHole(life, seed, owner, day)) {
      builder.add(day, sizeOf(life, seed, owner, day), uploaded);
    }
  }
  return builder.build();
}

/** Single days, and occasionally several in a row. The first day of a life is never a hole. */
function isHole(life: Life, seed: number, owner: number, day: Day): boolean {
  if (day === life.listed) return false;
  if (chance(seed, draw.hole, owner, day) < HOLE_SHARE) return true;
  const stretch = Math.floor(day / STRETCH_DAYS);
  if (chance(seed, draw.gap, owner, stretch) >= GAP_SHARE) return false;
  return day % STRETCH_DAYS < between(3, 20, chance(seed, draw.gapDays, owner, stretch));
}

function sizeOf(life: Life, seed: number, owner: number, day: Day): number {
  if (day > life.lastTrade) return between(7_400, 8_100, chance(seed, draw.flatSize, owner, day));
  const base = between(40_000, 58_000, chance(seed, draw.baseSize, owner));
  const month = 0.92 + 0.16 * chance(seed, draw.month, owner, Math.floor(day / STRETCH_DAYS));
  const noise = 0.96 + 0.08 * chance(seed, draw.day, owner, day);
  // A contract is listed at some time during its first day, so that file has fewer rows.
  const share = day === life.listed ? between(6, 20, chance(seed, draw.firstHours, owner)) / 24 : 1;
  return Math.round(base * month * noise * share);
}

/** Stray objects that exist in the real bucket: an empty folder and a file. */
function foreignObjects(nowSecond: number): ForeignObject[] {
  const uploaded = uploadSecond(0, 0, BEGIN);
  const objects = [
    { key: `${datasetPrefix(DEFAULT_DATASET)}BTCUSDT//`, size: 0, uploaded },
    {
      key: `${datasetPrefix(DEFAULT_DATASET)}part-00000-6b1c2a44-2f0e-4f0b-9d0e-1d5b3a7c9e21-c000.zip`,
      size: 1_214,
      uploaded,
    },
  ];
  return objects.filter((object) => object.uploaded <= nowSecond);
}
