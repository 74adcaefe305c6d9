import type { Day } from "../../calendar/day.js";
import { RELISTED_AFTER_DAYS } from "../../vision/lives.js";

/** What keeps a symbol out of a universe on a day, in the order in which it is looked for. */
export type Obstacle = "no_file" | "age" | "not_known" | "no_trade" | "volume" | "rank";

/** Why a symbol entered: the universe begins, or what kept it out on the rebalancing day before is gone. */
export type EntryReason = "start" | "listed" | "file" | "age" | "known" | "trade" | "volume" | "rank";

/** Why a symbol left: its contract has ended, or what keeps it out. */
export type ExitReason = "delisted" | Obstacle;

/** A symbol that has a file on the day that a rebalancing day looks at. */
export interface Candidate {
  symbol: string;
  /** First day of its contract. */
  first: Day;
  /** Whether days before `first` were never probed, so that the contract may be older. */
  ageIsMinimum: boolean;
  /** What keeps it out, whatever its rank. */
  obstacle: Exclude<Obstacle, "no_file" | "rank"> | undefined;
  /** What it is ranked by; undefined where a universe has no ranks. */
  value: number | undefined;
}

/** A candidate in a universe. */
export interface Member {
  candidate: Candidate;
  /** From 1; undefined where a universe has no ranks. */
  rank: number | undefined;
}

/** A symbol that entered a universe or left it. */
export interface Change {
  symbol: string;
  change: "entered" | "left";
  reason: EntryReason | ExitReason;
  rank: number | undefined;
}

/** How many symbols a universe has. */
export interface Size {
  /** Ranks with which a symbol enters; undefined for all. */
  top: number | undefined;
  /** Ranks below them with which a member stays. */
  buffer: number;
}

/** What a rebalancing day is chosen from. */
export interface Choice {
  /** The last day that it looks at. */
  end: Day;
  /** No symbol twice, in order of symbol. */
  candidates: readonly Candidate[];
  /** The last day with a file of a symbol, of those up to `end`. */
  lastFile: (symbol: string) => Day;
}

/** A universe on a rebalancing day. */
export interface Chosen {
  choice: Choice;
  /** By rank, or in order of symbol where there are no ranks. */
  members: readonly Member[];
  /** Those that entered by rank, then those that left in the order in which they stood. */
  changes: readonly Change[];
}

/**
 * Chooses a universe anew. A symbol enters with one of the first ranks, and stays until it falls below the buffer or is
 * kept out by something else. Equal values rank in order of symbol. A contract that came to market since the rebalancing
 * day before under the name of a member is no member, and has to enter as any other.
 *
 * @param previous the universe on the rebalancing day before; undefined on the first
 */
export function choose(previous: Chosen | undefined, choice: Choice, { top = Infinity, buffer }: Size): Chosen {
  const held = new Set(previous?.members.map(({ candidate }) => candidate.symbol));
  const members: Member[] = [];
  const entered: Change[] = [];
  for (const [place, candidate] of ranked(choice.candidates).entries()) {
    if (place >= top + buffer) break;
    const { symbol } = candidate;
    const stays = held.has(symbol) && !isNew(previous, candidate);
    if (place >= top && !stays) continue;
    const rank = candidate.value === undefined ? undefined : place + 1;
    members.push({ candidate, rank });
    if (stays) held.delete(symbol);
    else entered.push({ symbol, change: "entered", reason: entryReason(previous, candidate), rank });
  }
  const left = [...held].map((symbol): Change => {
    return { symbol, change: "left", reason: exitReason(previous, choice, symbol), rank: undefined };
  });
  return { choice, members, changes: [...entered, ...left] };
}

/** The candidates that nothing but their rank keeps out, by rank. */
function ranked(candidates: readonly Candidate[]): Candidate[] {
  // The order of symbols is kept among equal values.
  return candidates.filter(({ obstacle }) => obstacle === undefined).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
}

/** Whether a contract came to market since the rebalancing day before. */
function isNew(previous: Chosen | undefined, { first }: Candidate): boolean {
  return previous !== undefined && first > previous.choice.end;
}

/** What became of each obstacle when it is gone. */
const GONE: Readonly<Record<Obstacle, EntryReason>> = {
  no_file: "file",
  age: "age",
  not_known: "known",
  no_trade: "trade",
  volume: "volume",
  rank: "rank",
};

function entryReason(previous: Chosen | undefined, candidate: Candidate): EntryReason {
  if (previous === undefined) return "start";
  return isNew(previous, candidate) ? "listed" : GONE[obstacleIn(previous.choice, candidate.symbol)];
}

function exitReason(previous: Chosen | undefined, choice: Choice, symbol: string): ExitReason {
  const candidate = choice.candidates.find((one) => one.symbol === symbol);
  const hasEnded =
    candidate === undefined ? choice.end - choice.lastFile(symbol) >= RELISTED_AFTER_DAYS : isNew(previous, candidate);
  return hasEnded ? "delisted" : obstacleIn(choice, symbol);
}

/** What keeps out a symbol that is no member. */
function obstacleIn({ candidates }: Choice, symbol: string): Obstacle {
  const candidate = candidates.find((one) => one.symbol === symbol);
  return candidate === undefined ? "no_file" : (candidate.obstacle ?? "rank");
}
