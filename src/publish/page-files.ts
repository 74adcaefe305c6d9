import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { monthOf, periodSpan } from "../calendar/period.js";
import type { Store } from "../store/open.js";
import { pageChanges, symbolCells, type SymbolCells } from "./page-cells.js";
import { dataScript, monthPath, symbolPath, type MonthData } from "./page-data.js";
import { marketData } from "./page-market.js";
import type { PublishedState } from "./manifest.js";

/** The folder of the built page, two levels up from both tsc's output and the bundle. */
const PAGE = fileURLToPath(new URL("../../web/", import.meta.url));

const PAGE_FILES = ["index.html", "page.css", "page.js"] as const;

/** Writes the page and its data into a folder. */
export async function writePage(store: Store, state: PublishedState, folder: string): Promise<void> {
  const changes = await pageChanges(store);
  const cells = await symbolCells(store, changes, Date.parse(state.as_of));
  for (const name of PAGE_FILES) copyFileSync(join(PAGE, name), join(folder, name));
  for (const name of ["symbols", "months"]) mkdirSync(join(folder, "data", name), { recursive: true });
  const write = (path: string, data: Parameters<typeof dataScript>[1]) => {
    writeFileSync(join(folder, "data", `${path}.js`), dataScript(path, data));
  };
  write("market", await marketData(store, state, cells, changes));
  for (const { symbol, from, sizes, quoteVolumes } of cells) {
    write(symbolPath(symbol), { from, sizes, quote_volumes: quoteVolumes });
  }
  for (const [path, month] of monthsOf(cells)) write(path, month);
}

/** The same sizes and volumes, grouped by month. */
function monthsOf(cells: readonly SymbolCells[]): Map<string, MonthData> {
  const months = new Map<string, MonthData>();
  for (const { symbol, from, sizes, quoteVolumes } of cells) {
    for (let at = 0; at < sizes.length;) {
      const path = monthPath(from + at);
      const { from: start, to: end } = periodSpan("monthly", monthOf(from + at));
      const month = months.get(path) ?? { from: start, sizes: {}, quote_volumes: {} };
      months.set(path, month);
      const first = Math.max(from, start);
      const ofMonth = (values: readonly number[]) => [
        ...Array<number>(first - start).fill(-1),
        ...values.slice(first - from, end + 1 - from),
      ];
      month.sizes[symbol] = ofMonth(sizes);
      if (quoteVolumes.length > 0) month.quote_volumes[symbol] = ofMonth(quoteVolumes);
      at = end + 1 - from;
    }
  }
  return months;
}
