/**
 * `npm run screenshot` makes the README's picture of a publication's page. It needs Chromium and shows a made-up
 * history.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { writeBackfill } from "../bench/backfilled.js";
import { findChromium } from "../bench/publication/chromium.js";
import { benchRows } from "../bench/rows.js";
import { FULL_DAYS, SYMBOLS } from "../bench/universe.js";
import { publish } from "../src/publish/publish.js";

const PICTURE = fileURLToPath(new URL("../../docs/page.png", import.meta.url));

const executablePath = findChromium();
if (executablePath === undefined) throw new Error("there is no chromium on the PATH");
const folder = mkdtempSync(join(tmpdir(), "bfa-screenshot-"));
try {
  const [db, out] = [join(folder, "a.duckdb"), join(folder, "public")];
  await writeBackfill(db, benchRows(SYMBOLS, FULL_DAYS));
  await publish(db, out);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 820 }, colorScheme: "light" });
    await page.goto(`${pathToFileURL(out).href}/index.html#/calendar`);
    await page.locator(".heat canvas").waitFor();
    // The calendar is drawn in several frames.
    await page.waitForTimeout(1000);
    await page.screenshot({ path: PICTURE });
  } finally {
    await browser.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
