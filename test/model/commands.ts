import { drawsOf, type Draw } from "./random.js";

/** A symbol of the model, as an index of {@link NAMES}. */
export type SymbolIndex = number;

/** Names used by the model. The first is listed from the start and never delisted, so that some file always exists. */
export const NAMES = [
  "BTCUSDT",
  "ETHUSDT",
  "LITUSDT",
  "BNXUSDT",
  "XRPUSDC",
  "ADAUSDC",
  "SOLUSDT",
  "币安人生USDT",
] as const;

/** Events in the bucket. Days and ages are counted back from yesterday: 0 is the last complete day. */
export type BucketCommand =
  /** A contract is listed, under a new or a former name; files for some days may appear immediately. */
  | { do: "list"; symbol: SymbolIndex; past: number }
  | { do: "delist"; symbol: SymbolIndex }
  /** Trading ends, but flat files continue to appear. */
  | { do: "flatten"; symbol: SymbolIndex }
  /** A settled folder appears, with copies of the name's last files. */
  | { do: "settle"; symbol: SymbolIndex; days: number; underscore: boolean }
  /** The next file of a symbol appears this many days late; 100,000 stands for never. */
  | { do: "late-file"; symbol: SymbolIndex; days: number }
  /** The files of the next day appear late: those of all symbols, or of every second one. */
  | { do: "late-day"; days: number; half: boolean }
  | { do: "replace"; symbol: SymbolIndex; age: number; what: "size" | "time" | "etag" }
  | { do: "remove"; symbol: SymbolIndex; age: number }
  | { do: "remove-folder"; symbol: SymbolIndex };

/** Server faults during the next run. */
export type FaultCommand =
  /** Requests about a symbol fail: the first few, or all. */
  | { do: "fail-symbol"; symbol: SymbolIndex; with: 503 | 500 | 403 | "reset"; attempts: number }
  /** All requests fail at random, with a probability in percent. */
  | { do: "fail-share"; percent: number; with: 503 | 500 | "reset"; seed: number }
  | { do: "fail-folders"; with: 503 | 403 }
  /** Right after the answer to the first request about a symbol, one of its files changes. */
  | { do: "change-within"; symbol: SymbolIndex; age: number; what: "replace" | "remove" | "add" };

/** How a run is started. */
export interface RunCommand {
  do: "update" | "backfill" | "sweep" | "discover";
  /** Symbols of the run; all if omitted. */
  only?: { symbols: readonly SymbolIndex[] } | { quote: "USDT" | "USDC" };
  /** The one day of an update; the first and last day of a backfill. Ages as above. */
  days?: { from: number; to: number };
  /** For an update: number of days up to yesterday. */
  lookback?: number;
  source: "auto" | "head" | "list";
  /** Error of the machine's clock during this run, hours. */
  skewHours?: number;
  /** Kills the process after this many answers. */
  crashAfter?: number;
  /** Whether another process has the file open meanwhile. */
  locked?: boolean;
}

/** One step of a sequence: plain data, so that a failing sequence can be printed, shortened and run again. */
export type Command = { do: "wait"; hours: number } | BucketCommand | FaultCommand | RunCommand;

/** A sequence and the bucket on which it runs. */
export interface Sequence {
  seed: number;
  /** Symbols listed at the start. */
  symbols: number;
  /** Days of history before the first command. */
  days: number;
  /** Keys per list page; with fewer, a listing would have more pages than the product accepts. */
  pageKeys: number;
  commands: readonly Command[];
}

/** Whether a command starts the product. */
export function isRun(command: Command): command is RunCommand {
  return ["update", "backfill", "sweep", "discover"].includes(command.do);
}

/** The sequence for a seed. */
export function sequenceOf(seed: number): Sequence {
  const draw = drawsOf(seed);
  const symbols = draw.between(2, NAMES.length);
  const days = draw.weighted([
    [3, draw.between(3, 20)],
    [2, draw.between(21, 70)],
    [1, draw.between(71, 130)],
  ]);
  const pageKeys = draw.weighted([
    [3, 1000],
    [1, draw.between(100, 200)],
  ]);
  const commands: Command[] = [];
  if (draw.chance(0.7)) commands.push(runOf(draw, "plain"));
  const runs = draw.between(3, 6);
  while (commands.filter(isRun).length < runs) {
    commands.push(waitOf(draw));
    if (draw.chance(0.25)) commands.push(...relistingOf(draw));
    for (let events = draw.between(0, 3); events > 0; events--) commands.push(eventOf(draw, symbols));
    if (draw.chance(0.35)) commands.push(waitOf(draw));
    for (let faults = draw.chance(0.35) ? draw.between(1, 2) : 0; faults > 0; faults--) commands.push(faultOf(draw));
    commands.push(runOf(draw, draw.chance(0.6) ? "plain" : "any"));
  }
  return { seed, symbols, days, pageKeys, commands };
}

/** Hours: mostly a day, as with a daily job, but also the week, month and half year at which rules have limits. */
function waitOf(draw: Draw): Command {
  const days = draw.weighted([
    [6, 1],
    [3, draw.between(2, 5)],
    [3, draw.between(6, 9)],
    [3, draw.between(10, 24)],
    [2, draw.between(25, 45)],
    [2, draw.between(60, 95)],
    [1, 180],
  ]);
  // Ten past the hour is never so close to midnight that a rule could go either way.
  return {
    do: "wait",
    hours:
      days * 24 +
      draw.weighted([
        [4, 0],
        [1, draw.between(-8, 8)],
      ] as const),
  };
}

/** A name that is relisted after about as many days as end a life: without files or with flat ones, settled or not. */
function relistingOf(draw: Draw): Command[] {
  const symbol = draw.between(1, NAMES.length - 1);
  const settle: Command[] = draw.chance(0.6)
    ? [{ do: "settle", symbol, days: draw.between(1, 40), underscore: draw.chance(0.5) }]
    : [];
  const gone: Command = { do: draw.chance(0.5) ? "flatten" : "delist", symbol };
  const days = draw.weighted([
    [1, draw.between(1, 20)],
    [3, draw.between(26, 31)],
  ]);
  return [...settle, gone, { do: "wait", hours: days * 24 }, { do: "list", symbol, past: 0 }, waitOf(draw)];
}

function eventOf(draw: Draw, symbols: number): BucketCommand {
  const symbol = draw.between(1, NAMES.length - 1);
  const listed = draw.below(symbols);
  return draw.weighted<() => BucketCommand>([
    [
      3,
      () => ({
        do: "list",
        symbol,
        past: draw.weighted([
          [2, 0],
          [1, draw.between(1, 60)],
        ] as const),
      }),
    ],
    [2, () => ({ do: "delist", symbol })],
    [2, () => ({ do: "flatten", symbol })],
    [2, () => ({ do: "settle", symbol, days: draw.between(1, 40), underscore: draw.chance(0.5) })],
    [5, () => ({ do: "late-file", symbol: listed, days: lateness(draw) })],
    [3, () => ({ do: "late-day", days: lateness(draw), half: draw.chance(0.5) })],
    [
      4,
      () => ({
        do: "replace",
        symbol: listed,
        age: ageOf(draw),
        what: draw.weighted([
          [1, "size"],
          [1, "time"],
          [1, "etag"],
        ] as const),
      }),
    ],
    [2, () => ({ do: "remove", symbol: listed, age: ageOf(draw) })],
    [1, () => ({ do: "remove-folder", symbol })],
  ])();
}

function lateness(draw: Draw): number {
  return draw.weighted([
    [1, 0.2],
    [2, draw.between(1, 5)],
    [2, 9],
    [2, 14],
    [2, 15],
    [1, 19],
    [2, draw.between(21, 80)],
    [1, 180],
    [2, 100_000],
  ]);
}

function ageOf(draw: Draw): number {
  return draw.weighted([
    [3, draw.between(0, 4)],
    [3, draw.between(5, 25)],
    [2, draw.between(26, 120)],
  ]);
}

function faultOf(draw: Draw): FaultCommand {
  const symbol = draw.below(NAMES.length);
  return draw.weighted<() => FaultCommand>([
    [
      4,
      () => ({
        do: "fail-symbol",
        symbol,
        with: draw.weighted<503 | 500 | 403 | "reset">([
          [3, 503],
          [1, 500],
          [2, 403],
          [1, "reset"],
        ] as const),
        attempts: draw.weighted([
          [1, draw.between(1, 3)],
          [3, 1000],
        ] as const),
      }),
    ],
    [2, () => ({ do: "fail-share", percent: draw.between(5, 50), with: 503, seed: draw.below(1e6) })],
    [
      1,
      () => ({
        do: "fail-folders",
        with: draw.weighted<503 | 403>([
          [1, 503],
          [1, 403],
        ] as const),
      }),
    ],
    [
      2,
      () => ({
        do: "change-within",
        symbol,
        age: draw.between(0, 20),
        what: draw.weighted([
          [1, "replace"],
          [1, "remove"],
          [1, "add"],
        ] as const),
      }),
    ],
  ])();
}

function runOf(draw: Draw, kind: "plain" | "any"): RunCommand {
  const source = draw.weighted([
    [3, "auto"],
    [1, "head"],
    [1, "list"],
  ] as const);
  const update: RunCommand = { do: "update", source };
  if (kind === "plain") return draw.chance(0.15) ? { do: "sweep", source: "auto" } : update;
  const about = () => ({ symbols: [...new Set([draw.below(NAMES.length), draw.below(NAMES.length)])] });
  const days = () => {
    const to = ageOf(draw);
    return { from: to + draw.between(0, 30), to };
  };
  return draw.weighted<() => RunCommand>([
    [3, () => ({ ...update, only: about() })],
    [3, () => ({ ...update, only: { quote: draw.chance(0.5) ? "USDC" : "USDT" } })],
    [
      2,
      () => {
        const age = ageOf(draw);
        return { ...update, days: { from: age, to: age } };
      },
    ],
    [2, () => ({ ...update, lookback: draw.between(1, 10) })],
    [2, () => ({ do: "backfill", source, days: days() })],
    [1, () => ({ do: "backfill", source, days: days(), only: about() })],
    [1, () => ({ do: "discover", source: "auto" })],
    [
      2,
      () => ({
        ...update,
        skewHours: draw.weighted([
          [2, 24 * draw.between(20, 400)],
          [2, -24 * draw.between(1, 40)],
          [1, draw.between(-30, 30)],
        ] as const),
      }),
    ],
    [1, () => ({ ...update, crashAfter: draw.between(1, 60) })],
    [1, () => ({ ...update, locked: true })],
  ])();
}
