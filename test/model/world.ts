import { dayAt, DAY_MS, type Day } from "../../src/calendar/day.js";
import { NAMES, type BucketCommand } from "./commands.js";
import { BucketHistory, type BucketFile } from "./history.js";
import { mixed } from "./random.js";

const HOUR_MS = 3_600_000;

/** Kind of a contract's next files. */
type Trading = "live" | "flat" | "none";

/**
 * The bucket's world: contracts are listed and delisted, and the files of each day appear the next morning, except
 * those that are late. Its time never goes back.
 */
export class World {
  readonly history = new BucketHistory();
  private readonly trading = new Map<string, Trading>();
  /** Days by which the next file of a symbol, and all files of the next day, are late. */
  private readonly lateFiles = new Map<string, number>();
  private lateDay: { days: number; half: boolean } | undefined;
  private version = 0;

  /** @param time start of the world, ms since the Unix epoch */
  constructor(
    private readonly seed: number,
    public time: number,
  ) {}

  /** Advances to a later time; the files of each day that ends in between are published or scheduled. */
  advance(to: number): void {
    for (let day = dayAt(this.time); day < dayAt(to); day++) this.publish(day);
    this.time = to;
  }

  /** The last complete day. */
  get yesterday(): Day {
    return dayAt(this.time) - 1;
  }

  /** Applies a command; a command about a symbol that isn't listed has no effect. */
  apply(command: BucketCommand): void {
    switch (command.do) {
      case "list":
        this.list(nameOf(command.symbol), command.past);
        break;
      case "delist":
        if (command.symbol > 0) this.trading.set(nameOf(command.symbol), "none");
        break;
      case "flatten":
        if (this.trading.get(nameOf(command.symbol)) === "live") this.trading.set(nameOf(command.symbol), "flat");
        break;
      case "settle":
        this.settle(nameOf(command.symbol), command.days, command.underscore);
        break;
      case "late-file":
        this.lateFiles.set(nameOf(command.symbol), command.days);
        break;
      case "late-day":
        this.lateDay = command;
        break;
      case "replace":
        this.replace(nameOf(command.symbol), this.yesterday - command.age, command.what);
        break;
      case "remove":
        this.remove(nameOf(command.symbol), this.yesterday - command.age);
        break;
      case "remove-folder":
        this.removeFolder(nameOf(command.symbol));
        break;
    }
  }

  /** Adds a missing file now. */
  add(symbol: string, day: Day): void {
    if (this.history.fileAt(symbol, day, this.time) === undefined) this.put(symbol, day, this.time, "live");
  }

  replace(symbol: string, day: Day, what: "size" | "time" | "etag"): void {
    const old = this.history.fileAt(symbol, day, this.time);
    if (old === undefined) return;
    const fresh = this.fileOf(symbol, day, this.time, old.size < 10_000 ? "flat" : "live");
    const size = what === "size" ? old.size + 1 : old.size;
    const modified = what === "etag" ? old.modified : fresh.modified + 1000;
    this.history.put(symbol, day, this.time, { size, modified, etag: fresh.etag });
  }

  remove(symbol: string, day: Day): void {
    if (this.history.fileAt(symbol, day, this.time) !== undefined) this.history.put(symbol, day, this.time, undefined);
  }

  private list(symbol: string, past: number): void {
    this.trading.set(symbol, "live");
    for (let day = this.yesterday - past + 1; day <= this.yesterday; day++) this.add(symbol, day);
  }

  private settle(symbol: string, days: number, underscore: boolean): void {
    const files = this.history.filesAt(symbol, this.time).slice(-days);
    const settled = `${symbol}${underscore ? "_" : ""}SETTLED`;
    for (const [day, file] of files) this.history.put(settled, day, this.time, file);
  }

  private removeFolder(symbol: string): void {
    if (symbol === NAMES[0]) return;
    this.trading.set(symbol, "none");
    for (const [day] of this.history.filesAt(symbol, Infinity)) this.history.put(symbol, day, this.time, undefined);
  }

  private publish(day: Day): void {
    let place = 0;
    for (const [symbol, trading] of this.trading) {
      if (trading === "none") continue;
      const late = this.lateFiles.get(symbol);
      this.lateFiles.delete(symbol);
      const dayLate = this.lateDay === undefined || (this.lateDay.half && place++ % 2 === 0) ? 0 : this.lateDay.days;
      const usual = (day + 1) * DAY_MS + 7 * HOUR_MS + (mixed(this.seed, symbol, day) % 90) * 60_000;
      const at = usual + (late ?? dayLate) * DAY_MS;
      this.put(symbol, day, at, trading);
    }
    this.lateDay = undefined;
  }

  private put(symbol: string, day: Day, at: number, trading: "live" | "flat"): void {
    this.history.put(symbol, day, at, this.fileOf(symbol, day, at, trading));
  }

  private fileOf(symbol: string, day: Day, at: number, trading: "live" | "flat"): BucketFile {
    const noise = mixed(this.seed, symbol, day, ++this.version);
    const size = trading === "flat" ? 7_900 + (noise % 300) : 30_000 + (noise % 40_000);
    const etag = [1, 2, 3, 4].map((part) => mixed(noise, part).toString(16).padStart(8, "0")).join("");
    return { size, modified: Math.floor(at / 1000) * 1000, etag };
  }
}

/** The name of a symbol of the model. */
export function nameOf(symbol: number): string {
  return NAMES[symbol] ?? NAMES[0];
}
