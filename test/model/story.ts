import { dayOf, type Day } from "../../src/calendar/day.js";
import { BucketHistory, type BucketFile } from "./history.js";
import { Conditions, type Condition } from "./oracle/condition.js";
import { dueCells } from "./oracle/due.js";
import { changeOf, type Change } from "./oracle/journal.js";
import { isDelivery, learn, nothingKnown } from "./oracle/knowledge.js";
import { ageOn, livesOf, type Age } from "./oracle/lives.js";

/** A history of a bucket and of the probes sent to it, built step by step. */
export class Story {
  readonly bucket = new BucketHistory();
  readonly knowledge = nothingKnown();
  readonly changes: Change[] = [];
  private version = 0;

  /** Files of a symbol on days `from` to `to`, each uploaded at eight the next morning, or all at `at`. */
  files(symbol: string, from: string, to: string, options: { bytes?: number; at?: string } = {}): this {
    for (let day = dayOf(from); day <= dayOf(to); day++) {
      const at = options.at === undefined ? (day + 1) * 86_400_000 + 8 * 3_600_000 : instant(options.at);
      this.bucket.put(symbol, day, at, this.file(options.bytes ?? 50_000, at));
    }
    return this;
  }

  /** Removes the files of these days from `at` on; without `at`, they never existed. */
  none(symbol: string, from: string, to: string, at?: string): this {
    for (let day = dayOf(from); day <= dayOf(to); day++) {
      if (at === undefined) this.bucket.erase(symbol, day);
      else this.bucket.put(symbol, day, instant(at), undefined);
    }
    return this;
  }

  /** Lists the symbol folders. `clock` is the machine's time then. */
  list(at: string, clock = at): this {
    const names = new Set(this.bucket.foldersAt(instant(at)));
    this.knowledge.listings.push({ at: instant(clock), names });
    return this;
  }

  /** A run lists the folders and probes cells, and its answers are stored. `clock` is the machine's time then. */
  probe(symbols: readonly string[], from: string, to: string, at: string, clock = at): this {
    const now = instant(clock);
    this.list(at, clock);
    const isFinal = new Map<Day, boolean>();
    const before = new Conditions(this.knowledge, now);
    for (let day = dayOf(from); day <= dayOf(to); day++) isFinal.set(day, before.of(this.known, day).has("final"));
    for (const symbol of symbols) {
      for (let day = dayOf(from); day <= dayOf(to); day++) {
        const belief = { file: this.bucket.fileAt(symbol, day, instant(at)), probedAt: now };
        const old = this.knowledge.cells.get(symbol)?.get(day);
        const change = changeOf(old, belief, day, isFinal.get(day) === true);
        if (change?.certain === true) this.changes.push({ kind: change.kind, symbol, day });
        learn(this.knowledge, symbol, day, belief);
      }
    }
    return this;
  }

  /** The condition of a day for a question about some symbols, or about all known ones. */
  condition(date: string, at: string, symbols: readonly string[] = this.known): Condition[] {
    return [...new Conditions(this.knowledge, instant(at)).of(symbols, dayOf(date))].sort();
  }

  /** The due days of a symbol within a span. */
  due(symbol: string, from: string, to: string, at: string): Day[] {
    const scope = { symbols: [symbol], from: dayOf(from), to: dayOf(to), plain: true };
    return dueCells(this.knowledge, scope, instant(at)).get(symbol) ?? [];
  }

  age(symbol: string, date: string, at: string): Age | undefined {
    return ageOn(this.knowledge, symbol, dayOf(date), instant(at));
  }

  /** First and last days of a name's lives. */
  lives(symbol: string, at: string): [Day, Day][] {
    return livesOf(this.knowledge, symbol, instant(at)).map(({ first, last }) => [first, last]);
  }

  get known(): string[] {
    const listed = this.knowledge.listings.flatMap(({ names }) => [...names]);
    return [...new Set([...this.knowledge.cells.keys(), ...listed])].filter((name) => !isDelivery(name)).sort();
  }

  private file(size: number, at: number): BucketFile {
    const etag = (++this.version).toString(16).padStart(32, "0");
    return { size, modified: Math.floor(at / 1000) * 1000, etag };
  }
}

/** ms of `YYYY-MM-DD` (at nine in the morning) or of `YYYY-MM-DDThh:mm`, UTC. */
export function instant(text: string): number {
  return Date.parse(text.length === 10 ? `${text}T09:10:00Z` : `${text}:00Z`);
}
