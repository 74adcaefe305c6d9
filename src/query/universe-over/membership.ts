import type { Day } from "../../calendar/day.js";
import { RELISTED_AFTER_DAYS } from "../../vision/lives.js";
import { ranking } from "./ranking.js";

/** What can keep a symbol out of a universe on a day, in the order in which it is checked. */
export const OBSTACLES = ["no_file", "underlying", "age", "not_known", "no_trade", "volume", "rank"] as const;

/** {@link OBSTACLES} */
export type Obstacle = (typeof OBSTACLES)[number];

/** The number of each obstacle in `standings`. A symbol at `rank` can be kept out only by its rank. */
export const STANDING = Object.fromEntries(OBSTACLES.map((obstacle, place) => [obstacle, place])) as Readonly<
  Record<Obstacle, number>
>;

/** Why a symbol entered: the universe begins, or the obstacle on the previous rebalancing day is gone. */
export type EntryReason = "start" | "listed" | "file" | "underlying" | "age" | "known" | "trade" | "volume" | "rank";

/** Why a symbol left: its contract has ended, or the obstacle that keeps it out. */
export type ExitReason = "delisted" | Obstacle;

/** A symbol that entered a universe or left it. */
export interface Change {
  /** Its index among all symbols. */
  place: number;
  change: "entered" | "left";
  reason: EntryReason | ExitReason;
  rank: number | undefined;
}

/** The size of a universe. */
export interface Size {
  /** Maximum rank with which a symbol enters; undefined for any. */
  top: number | undefined;
  /** Additional ranks with which a member stays. */
  buffer: number;
}

/** The data for a rebalancing day. Symbols are identified by their index in order of name, the same on all days. */
export interface Choice {
  /** The last day that it uses. */
  end: Day;
  /** The {@link STANDING} of each symbol, by index. */
  standings: Uint8Array;
  /** The value by which each symbol is ranked, by index; undefined if a universe has no ranks. */
  values: Float64Array | undefined;
  /** The first day of the contract of a symbol that has a file. */
  firstDay: (place: number) => Day;
  /** The last day up to `end` with a file of a symbol. */
  lastFile: (place: number) => Day;
}

/** A universe on a rebalancing day. */
export interface Chosen {
  choice: Choice;
  /** Indexes of the symbols that only their rank can keep out, in order of rank, or of name if there are no ranks. */
  ranked: Uint32Array;
  /** Indexes of the members, in the same order. */
  members: Uint32Array;
  /** Their ranks, from 1; undefined if a universe has no ranks. */
  ranks: Uint32Array | undefined;
  /** Symbols that entered, in that order, then symbols that left, in their previous order. */
  changes: readonly Change[];
}

/**
 * Chooses a universe. A symbol enters with one of the top ranks, and stays until it falls below the buffer or meets
 * another obstacle. Equal values rank in order of symbol. A contract listed since the previous rebalancing day under
 * the name of a member is not a member, and has to enter like any other.
 *
 * @param previous the universe on the previous rebalancing day; undefined on the first
 */
export function choose(previous: Chosen | undefined, choice: Choice, { top = Infinity, buffer }: Size): Chosen {
  const { standings, values } = choice;
  const before = previous?.members ?? new Uint32Array();
  const held = new Uint8Array(standings.length);
  for (const place of before) held[place] = 1;
  const ranked = ranking(standings, STANDING.rank, values, previous?.ranked);
  const count = Math.min(ranked.length, top + buffer);
  const members = new Uint32Array(count);
  const ranks = values && new Uint32Array(count);
  const changes: Change[] = [];
  let size = 0;
  for (let index = 0; index < count; index++) {
    const place = ranked[index] ?? 0;
    const stays = held[place] === 1 && !isNew(previous, choice, place);
    if (index >= top && !stays) continue;
    members[size] = place;
    if (ranks !== undefined) ranks[size] = index + 1;
    size++;
    if (stays) held[place] = 0;
    else
      changes.push({
        place,
        change: "entered",
        reason: entryReason(previous, choice, place),
        rank: ranks && index + 1,
      });
  }
  for (const place of before) {
    if (held[place] === 0) continue;
    changes.push({ place, change: "left", reason: exitReason(previous, choice, place), rank: undefined });
  }
  return { choice, ranked, members: members.subarray(0, size), ranks: ranks?.subarray(0, size), changes };
}

/** Whether the contract of a symbol with a file was listed since the previous rebalancing day. */
function isNew(previous: Chosen | undefined, { firstDay }: Choice, place: number): boolean {
  return previous !== undefined && firstDay(place) > previous.choice.end;
}

/** The entry reason when each obstacle is gone. */
const GONE: Readonly<Record<Obstacle, EntryReason>> = {
  no_file: "file",
  underlying: "underlying",
  age: "age",
  not_known: "known",
  no_trade: "trade",
  volume: "volume",
  rank: "rank",
};

function entryReason(previous: Chosen | undefined, choice: Choice, place: number): EntryReason {
  if (previous === undefined) return "start";
  return isNew(previous, choice, place) ? "listed" : GONE[obstacleIn(previous.choice, place)];
}

function exitReason(previous: Chosen | undefined, choice: Choice, place: number): ExitReason {
  const obstacle = obstacleIn(choice, place);
  const hasEnded =
    obstacle === "no_file"
      ? choice.end - choice.lastFile(place) >= RELISTED_AFTER_DAYS
      : isNew(previous, choice, place);
  return hasEnded ? "delisted" : obstacle;
}

/** The obstacle of a symbol that is not a member. */
function obstacleIn({ standings }: Choice, place: number): Obstacle {
  return OBSTACLES[standings[place] ?? 0] ?? "no_file";
}
