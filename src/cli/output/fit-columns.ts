import type { ColumnKind } from "../../text/columns.js";

/** A column as wide as its widest cell. */
export interface NaturalColumn {
  kind: ColumnKind;
  width: number;
}

/** Narrowest that a text is cut to. */
const MIN_TEXT_WIDTH = 12;

/** Kinds that can be cut and still be read; half a number or date would be wrong. */
const CUT_KINDS: readonly ColumnKind[] = ["text", "value"];

/**
 * Decides how a table fits a terminal. Texts are cut first, the widest of them most; then columns are left out from the
 * last to the second, since a definition names what matters first.
 *
 * @param width columns of the terminal
 * @param gap columns between two columns of the table
 * @returns the widths of the columns that are shown, and how many of the last are left out
 */
export function fitColumns(
  columns: readonly NaturalColumn[],
  width: number,
  gap: number,
): { widths: number[]; leftOut: number } {
  for (let count = columns.length; count > 1; count--) {
    const widths = shrink(columns.slice(0, count), width - gap * (count - 1));
    if (widths !== undefined) return { widths, leftOut: columns.length - count };
  }
  const shown = columns.slice(0, 1);
  return { widths: shown.map((column) => column.width), leftOut: columns.length - shown.length };
}

/** Widths that sum up to no more than `room`, or undefined when cutting texts is not enough. */
function shrink(columns: readonly NaturalColumn[], room: number): number[] | undefined {
  const widths = columns.map((column) => column.width);
  const isCut = columns.map(({ kind, width }) => CUT_KINDS.includes(kind) && width > MIN_TEXT_WIDTH);
  const fixed = widths.filter((_, at) => isCut[at] !== true).reduce((sum, width) => sum + width, 0);
  // Every text wider than a common limit is cut to it: the largest limit that fits.
  let left = room - fixed;
  let count = isCut.filter(Boolean).length;
  if (left < count * MIN_TEXT_WIDTH) return undefined;
  const texts = widths.filter((_, at) => isCut[at] === true).sort((a, b) => a - b);
  let limit = Infinity;
  for (const text of texts) {
    if (text * count > left) {
      limit = Math.floor(left / count);
      break;
    }
    left -= text;
    count--;
  }
  return widths.map((width, at) => (isCut[at] === true ? Math.min(width, limit) : width));
}
