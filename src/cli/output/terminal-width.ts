/** Columns of a terminal; undefined when it doesn't know them, which some report as 0. */
export function terminalWidth({ columns }: { columns?: number }): number | undefined {
  return columns === 0 ? undefined : columns;
}
