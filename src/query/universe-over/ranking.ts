/**
 * Moves that an order may take for each of its places before it is sorted from scratch: orders of days that follow each
 * other differ by less.
 */
const MOVES_PER_PLACE = 16;

/**
 * The places that have a standing, by value, the highest first, and by place among equal values; without values, by place.
 *
 * The order of the day before is mended rather than made again: for 300 symbols by the median of 30 days, sorting each
 * day takes several times as long.
 *
 * @param standings by place
 * @param wanted the standing of those that are ranked
 * @param values by place
 * @param before the places of the day before in their order; undefined on the first
 */
export function ranking(
  standings: Uint8Array,
  wanted: number,
  values: Float64Array | undefined,
  before: Uint32Array | undefined,
): Uint32Array {
  const order = new Uint32Array(standings.length);
  let count = 0;
  const taken = new Uint8Array(standings.length);
  if (values !== undefined && before !== undefined) {
    for (const place of before) {
      if (standings[place] !== wanted) continue;
      taken[place] = 1;
      order[count++] = place;
    }
  }
  for (let place = 0; place < standings.length; place++) {
    if (standings[place] === wanted && taken[place] === 0) order[count++] = place;
  }
  const ranked = order.subarray(0, count);
  if (values !== undefined) sort(ranked, values, before !== undefined);
  return ranked;
}

function sort(order: Uint32Array, values: Float64Array, isAlmostSorted: boolean): void {
  if (isAlmostSorted && mend(order, values)) return;
  order.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
}

/** Sorts by insertion, unless that takes too many moves: then the order is another one, and not yet sorted. */
function mend(order: Uint32Array, values: Float64Array): boolean {
  let moves = order.length * MOVES_PER_PLACE;
  for (let index = 1; index < order.length; index++) {
    const place = order[index] ?? 0;
    const value = values[place] ?? 0;
    let at = index;
    for (; at > 0; at--) {
      const above = order[at - 1] ?? 0;
      const ofAbove = values[above] ?? 0;
      if (ofAbove > value || (ofAbove === value && above < place)) break;
      order[at] = above;
    }
    order[at] = place;
    moves -= index - at;
    if (moves < 0) return false;
  }
  return true;
}
