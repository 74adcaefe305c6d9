import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataScript, toRuns, type CellLetter, type MarketData } from "../../src/publish/page-data.js";
import type { BenchContext, Target } from "../frame/bench.js";
import { medianOf, type Comparison, type Side } from "../frame/comparison.js";
import { measured } from "../output/format.js";
import { withFolderServer } from "../servers/folder-server.js";
import { findChromium } from "./chromium.js";

/** The built page. */
const PAGE = fileURLToPath(new URL("../../web/", import.meta.url));

const SYMBOLS = 1000;
const DAYS = 2500;
const NAME = "the calendar";

/** Maximum time to draw the calendar, from its data to pixels, ms. */
const MAX_MS = 1000;

/** Drawing the calendar of a large market in Chromium, timed with the browser's own marks. */
export async function comparePages({
  compare,
  folder,
}: BenchContext): Promise<{ comparison: Comparison; targets: Target[] }> {
  const chromium = await findBrowser();
  const site = join(folder, "site");
  writeSite(site);
  const comparison = await compare({
    title: "Drawing the page",
    method: `${SYMBOLS} symbols × ${DAYS} days in headless Chromium, 1600 × 1000 pixels: from the arrival of the data to the first frame, and one frame while scrolling.`,
    metrics: [
      { id: "first", label: "first frame", unit: "ms", better: "lower" },
      { id: "scrolled", label: "a frame while scrolling", unit: "ms", better: "lower" },
    ],
    sides: chromium === undefined ? [] : [drawingSide(chromium, site)],
    skipped: chromium === undefined ? [{ name: NAME, why: "apt install chromium, npm install playwright-core" }] : [],
  });
  const first = medianOf(comparison, NAME);
  const target = { what: `the calendar of ${SYMBOLS} × ${DAYS} cells`, wanted: `${MAX_MS} ms` };
  return {
    comparison,
    targets: first === undefined ? [] : [{ ...target, measured: `${measured(first)} ms`, met: first <= MAX_MS }],
  };
}

interface Browser {
  newPage(options: object): Promise<{
    goto(url: string): Promise<unknown>;
    evaluate<Result>(expression: string): Promise<Result>;
  }>;
  close(): Promise<void>;
}

type Launch = () => Promise<Browser>;

/** Chromium on the PATH and its driver, which isn't a dependency of the package. */
async function findBrowser(): Promise<Launch | undefined> {
  const executablePath = findChromium();
  const driver = await import("playwright-core").catch(() => undefined);
  if (executablePath === undefined || driver === undefined) return undefined;
  return () => driver.chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

function drawingSide(launch: Launch, site: string): Side {
  return {
    name: NAME,
    role: "ours",
    run: () =>
      withFolderServer(site, async (url) => {
        const browser = await launch();
        try {
          const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
          await page.goto(`${url}/index.html#/calendar`);
          const [first = NaN, scrolled = NaN] = await page.evaluate<number[]>(MEASURE);
          return { values: { first, scrolled }, work: undefined };
        } finally {
          await browser.close();
        }
      }),
  };
}

/** Runs in the page: waits for the first frame, scrolls through all symbols, and returns both times. */
const MEASURE = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const pictures = () => performance.getEntriesByName("calendar");
  while (pictures().length === 0) await frame();
  const data = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("market.js"));
  const [first] = pictures();
  const heat = document.querySelector(".heat");
  performance.clearMeasures("calendar");
  for (let top = 0; top < heat.scrollHeight - heat.clientHeight; top += 97) {
    heat.scrollTop = top;
    await frame();
  }
  const times = pictures().map(({ duration }) => duration).sort((a, b) => a - b);
  return [first.startTime + first.duration - data.responseEnd, times[Math.floor(times.length * 0.95)]];
})()`;

/** Writes a page with a large market whose lives, flat periods and holes differ between symbols. */
function writeSite(site: string): void {
  mkdirSync(join(site, "data"), { recursive: true });
  for (const name of ["index.html", "page.css", "page.js"]) copyFileSync(join(PAGE, name), join(site, name));
  const from = 18_000;
  const letterOf = (symbol: number, at: number): CellLetter => {
    if ((symbol * 31 + at * 17) % 211 === 0) return "h";
    if ((symbol * 7 + at) % 997 === 0) return "r";
    return (symbol + Math.floor(at / 90)) % 9 === 0 ? "f" : "a";
  };
  const market: MarketData = {
    ...{
      dataset: "bench",
      generator: "bench",
      as_of: "2026-01-01T00:00:00Z",
      first_day: from,
      last_day: from + DAYS - 1,
    },
    symbols: Array.from({ length: SYMBOLS }, (_, symbol) => {
      const listed = (symbol * 13) % 700;
      const letters = Array.from({ length: DAYS - listed }, (__, at) => letterOf(symbol, at));
      return {
        ...{ symbol: `S${symbol}USDT`, class: "perpetual", quote: "USDT", underlying: "" },
        ...{ from: from + listed, cells: toRuns(letters), trades: "" },
        lives: [{ from: from + listed, to: from + DAYS - 1, ends: false }],
      };
    }),
    ...{ events: [], changes: [], incidents: [], conditions: [], status: {}, runs: [] },
  };
  writeFileSync(join(site, "data", "market.js"), dataScript("market", market));
}
