/** So many symbols, and this share of those that should have a file, make an incident of a day's holes. */
const MIN_SYMBOLS = 5;
const MIN_SHARE = 0.05;

/**
 * Whether so many symbols lack a file on a day that it is one incident, and not holes of each of them.
 *
 * @param holes symbols that have a hole on the day
 * @param expected these and those that have a file
 */
export function isIncident(holes: number, expected: number): boolean {
  return holes >= MIN_SYMBOLS && holes >= expected * MIN_SHARE;
}
