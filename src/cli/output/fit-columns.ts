import type { ColumnKind } from "../../text/columns.js";

/** A column with the width of its widest cell. */
export interface NaturalColumn {
  kind: ColumnKind;
  width: number;
}

/** Minimum width of shortened text. */
const MIN_TEXT_WIDTH = 12;

/** Kinds that remain readable when shortened; half a number or date would be wrong. */
const CUT_KINDS: readonly ColumnKind[] = ["text", "value"];

/**
 * Fits a table to a terminal. Text columns are shortened first, the widest most; then columns are dropped from the last
 * to the second, because definitions name the most important first.
 *
 * @param width columns of the terminal
 * @param gap columns between two columns of the table
 * @returns the widths of the columns shown, and the number of columns dropped at the end
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

/** Widths that add up to at most `room`, or undefined when shortening text is not enough. */
function shrink(columns: readonly NaturalColumn[], room: number): number[] | undefined {
  const widths = columns.map((column) => column.width);
  const isCut = columns.map(({ kind, width }) => CUT_KINDS.includes(kind) && width > MIN_TEXT_WIDTH);
  const fixed = widths.filter((_, at) => isCut[at] !== true).reduce((sum, width) => sum + width, 0);
  // Shorten all text columns to a common limit: the largest one that fits.
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
