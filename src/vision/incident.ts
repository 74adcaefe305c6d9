/** A day's holes are an incident if they affect this many symbols and this share of those that should have a file. */
const MIN_SYMBOLS = 5;
const MIN_SHARE = 0.05;

/**
 * Whether so many symbols lack a file on a day that it is one incident rather than separate holes.
 *
 * @param holes symbols that have a hole on the day
 * @param expected symbols that have a hole or a file on the day
 */
export function isIncident(holes: number, expected: number): boolean {
  return holes >= MIN_SYMBOLS && holes >= expected * MIN_SHARE;
}
