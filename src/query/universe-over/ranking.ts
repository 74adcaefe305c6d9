/**
 * Maximum moves per element before an order is sorted from scratch; the orders of consecutive days differ by fewer.
 */
const MOVES_PER_PLACE = 16;

/**
 * The indexes of the symbols with a standing, by descending value, then by index; without values, by index.
 *
 * The previous day's order is adjusted rather than rebuilt: for 300 symbols ranked by the median of 30 days, sorting
 * anew every day takes several times as long.
 *
 * @param standings by index
 * @param wanted the standing of the symbols to rank
 * @param values by index
 * @param before the previous day's order; undefined on the first day
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
  if (isAlmostSorted && insertionSort(order, values)) return;
  order.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
}

/** Sorts by insertion, and returns false if it gives up after too many moves; the order is then only partly sorted. */
function insertionSort(order: Uint32Array, values: Float64Array): boolean {
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
