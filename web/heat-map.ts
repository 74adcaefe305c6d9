import type { CellMatrix } from "./cells.js";

/** The part of a matrix to paint, and its size. */
export interface Painting {
  matrix: CellMatrix;
  /** Rows of the matrix, in display order. */
  rows: readonly number[];
  /** First pixel row to paint, which is the scroll position. */
  top: number;
  /** Height of a row including the gap below it, pixels. */
  rowHeight: number;
  /** First and last day shown, as columns of the matrix; both may be fractions. */
  fromColumn: number;
  toColumn: number;
  /** Size of the image, pixels. */
  width: number;
  height: number;
  /** Colours by state, in ImageData's byte order (ABGR on little-endian machines). */
  palette: Uint32Array;
  background: number;
}

/** Minimum height of rows with a one-pixel gap below them. */
const MIN_GAPPED_HEIGHT = 4;

/** Paints cells into pixels. A pixel that covers several days has the colour of the most important one. */
export function paint(picture: Uint32Array, painting: Painting): void {
  const { rows, top, rowHeight, width, height, background } = painting;
  picture.fill(background);
  const line = new Uint32Array(width);
  const bounds = columnBounds(painting);
  const first = Math.max(0, Math.floor(top / rowHeight));
  const last = Math.min(rows.length - 1, Math.floor((top + height - 1) / rowHeight));
  for (let at = first; at <= last; at++) {
    paintLine(line, painting, rows[at] ?? 0, bounds);
    const start = at * rowHeight - top;
    const end = start + rowHeight - (rowHeight >= MIN_GAPPED_HEIGHT ? 1 : 0);
    for (let y = Math.max(0, start); y < Math.min(height, end); y++) picture.set(line, y * width);
  }
}

/** The first column of each pixel, and the one after the last pixel. */
function columnBounds({ fromColumn, toColumn, width }: Painting): Int32Array {
  const bounds = new Int32Array(width + 1);
  const daysPerPixel = (toColumn - fromColumn) / width;
  for (let x = 0; x <= width; x++) bounds[x] = Math.floor(fromColumn + x * daysPerPixel);
  return bounds;
}

function paintLine(
  line: Uint32Array,
  { matrix, palette, background }: Painting,
  row: number,
  bounds: Int32Array,
): void {
  const { cells, days } = matrix;
  const offset = row * days;
  for (let x = 0; x < line.length; x++) {
    const from = Math.max(0, bounds[x] ?? 0);
    const to = Math.min(days, Math.max(from + 1, bounds[x + 1] ?? 0));
    let state = -1;
    for (let column = from; column < to; column++) state = Math.max(state, cells[offset + column] ?? 0);
    line[x] = state < 0 ? background : (palette[state] ?? background);
  }
}
