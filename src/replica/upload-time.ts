import { DAY_SECONDS, dayOf, type Day } from "../calendar/day.js";
import { between, chance } from "./random.js";

/** Purposes of {@link chance}; each number is used once. */
const draw = { clock: 1, late: 2, lateBy: 3, bulk: 4 } as const;

/** Share of files that are days late. */
const LATE_SHARE = 0.003;

/** Files of earlier days were all uploaded again in one batch. */
const BULK_BEFORE = dayOf("2021-03-01");
const BULK_UPLOAD = dayOf("2021-03-05") * DAY_SECONDS + 6 * 3600;
const BULK_TOOK_SECONDS = 8 * 3600;

/**
 * When Vision uploaded the file of a day, in seconds since the Unix epoch: between 08:30 and 11:30 UTC of the next day;
 * for 3 in 1,000 files, one to six days later; and for days before March 2021, again on 2021-03-05, because old files
 * in the real bucket have the time of a later upload.
 *
 * @param owner a number that identifies the symbol
 * @param now the second of the observation: the bulk upload doesn't show before it happened
 */
export function uploadSecond(seed: number, owner: number, day: Day, now = Infinity): number {
  const bulk = BULK_UPLOAD + between(0, BULK_TOOK_SECONDS - 1, chance(seed, draw.bulk, owner, day));
  if (day < BULK_BEFORE && bulk <= now) return bulk;
  const late = chance(seed, draw.late, owner, day) < LATE_SHARE;
  const daysAfter = 1 + (late ? between(1, 6, chance(seed, draw.lateBy, owner, day)) : 0);
  return (day + daysAfter) * DAY_SECONDS + between(8.5 * 3600, 11.5 * 3600, chance(seed, draw.clock, owner, day));
}
