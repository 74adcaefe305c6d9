import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publish } from "../../src/publish/publish.js";
import { temporaryFolder } from "../support/database.js";
import { withFolderServer, type ServedRequest } from "../../bench/servers/folder-server.js";
import { D0, symbolUnit, writerFor } from "../support/store.js";
import { writeVolumes } from "../support/volumes.js";
import { DAY_MS } from "../../src/calendar/day.js";
import { findChromium } from "../../bench/publication/chromium.js";
import { openPage } from "./browser.js";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write("the page in a browser: skipped, because there is no Chromium\n");

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SYMBOLS = ["AAAUSDT", "BBBUSDC", "币安人生USDT", "DDDUSDT_SETTLED", "EEEUSDT", "FFFUSDT", "GGGUSDT", "HHHUSDT"];
const DAYS = 60;

describe.skipIf(chromium === undefined)("the page", () => {
  let page: Page;
  let complaints: string[] = [];
  let folder: ReturnType<typeof temporaryFolder>;
  let out: string;

  beforeAll(async () => {
    folder = temporaryFolder();
    out = join(folder.path, "public");
    const file = join(folder.path, "a.duckdb");
    await fill(file);
    await publish(file, out);
    page = await openPage(chromium ?? "");
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("requestfailed", (request) => complaints.push(request.url()));
  });
  afterAll(async () => {
    await page.context().browser()?.close();
    folder.remove();
  });

  /**
   * Loads a view in the one page, because each new page costs two processes. It keeps nothing from other tests: their
   * servers have other origins.
   */
  async function open(
    url: string,
    hash: string,
    { width = 1600, colorScheme = "light" }: { width?: number; colorScheme?: "light" | "dark" } = {},
  ): Promise<void> {
    // From another document, so that the view is loaded and not only changed.
    await page.goto("about:blank");
    complaints = [];
    await page.setViewportSize({ width, height: 1000 });
    await page.emulateMedia({ colorScheme });
    await page.goto(`${url}/index.html${hash}`);
    await shown(/^#\/(\w+)/.exec(hash)?.[1] ?? "market");
  }

  async function shown(view: string, times = 1): Promise<void> {
    await expect.poll(() => entries(`shown ${view}`)).toBeGreaterThanOrEqual(times);
  }

  /** How often the page has set a mark. Its policy forbids playwright's own way of waiting. */
  function entries(name: string): Promise<number> {
    return page.evaluate<number>(`performance.getEntriesByName(${JSON.stringify(name)}).length`);
  }

  const served = <Result>(use: (url: string, requests: ServedRequest[]) => Promise<Result>) =>
    withFolderServer(out, use);

  const VIEWS = ["market", "calendar", "day/2024-03-20", "symbol", "symbol/AAAUSDT", "incidents", "status"];

  it.each(VIEWS)("shows %s, in light and dark, narrow and wide, as accessible as axe-core can tell", async (view) => {
    await served(async (url, requests) => {
      for (const [width, colorScheme] of [
        [420, "dark"],
        [1600, "light"],
      ] as const) {
        await open(url, `#/${view}`, { width, colorScheme });
        await page.evaluate(AXE);
        const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>("axe.run()");
        expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
        expect(complaints).toEqual([]);
      }
      // Everything came from the page's own location, and nothing was missing.
      expect(
        requests
          .map(({ path }) => path)
          .filter((path) => !/^\/(index\.html|page\.(js|css)|data\/[\w/~-]+\.js)$/.test(path)),
      ).toEqual([]);
    });
  });

  it("works as a file", async () => {
    await open(pathToFileURL(out).href, "#/symbol/AAAUSDT");
    expect(await page.textContent("h2")).toContain("AAAUSDT");
    expect(await page.locator(".chart canvas").count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  it("shows a day's universe, filtered and sorted, with a link for each choice", async () => {
    await served(async (url) => {
      await open(url, "#/day/2024-03-20");
      const bySize = ["币安人生USDT", "EEEUSDT", "FFFUSDT", "GGGUSDT", "HHHUSDT", "AAAUSDT", "DDDUSDT_SETTLED"];
      const names = () => page.locator("tbody td:first-child").allTextContents();
      expect(await names()).toEqual(SYMBOLS.toSorted());
      await page.selectOption("label:has-text('Quote asset') select", "USDT");
      await shown("day", 2);
      expect(await names()).toEqual(SYMBOLS.filter((symbol) => symbol !== "BBBUSDC").sort());
      await page.click("th button:has-text('size')");
      await shown("day", 3);
      await page.click("th button:has-text('size')");
      await shown("day", 4);
      expect(await names()).toEqual(bySize);
      expect(new URL(page.url()).hash).toBe("#/day/2024-03-20?quote=USDT&sort=-size");
      await page.reload();
      await shown("day");
      expect(await names()).toEqual(bySize);
      await page.click("button[aria-label='the day after']");
      await shown("day", 2);
      expect(new URL(page.url()).hash).toBe("#/day/2024-03-21?quote=USDT&sort=-size");
    });
  });

  it("counts what was traded where volumes are known, and shows the volumes", async () => {
    await served(async (url) => {
      await open(url, "#/market?counted=traded");
      expect(await page.textContent("h2")).toBe("Symbols traded, day by day");
      expect(await page.locator(".tiles dd").first().textContent()).toContain("1");
      await page.goto(`${url}/index.html#/day/2024-03-20?shown=traded&sort=-volume`);
      await shown("day");
      const cells = (column: string) => page.locator(`tbody td:nth-child(${column})`).allTextContents();
      // Volumes are known for the first two symbols; the others count if their file is not flat.
      expect((await cells("1")).slice(0, 1)).toEqual(["AAAUSDT"]);
      expect(await cells("1")).not.toContain("BBBUSDC");
      expect((await cells("6")).slice(0, 2)).toEqual(["1,019", "–"]);
      await page.goto(`${url}/index.html#/symbol/AAAUSDT`);
      await shown("symbol");
      expect(await page.locator(".chart canvas").count()).toBe(2);
      expect(await page.textContent("h2")).toContain("on COIN");
    });
  });

  it("shows the contracts on one underlying", async () => {
    await served(async (url) => {
      await open(url, "#/day/2024-03-20");
      await page.selectOption("label:has-text('Underlying') select", "COMMODITY");
      await shown("day", 2);
      expect(await page.locator("tbody td:first-child").allTextContents()).toEqual(["BBBUSDC"]);
    });
  });

  it("can find a symbol with only the keyboard", async () => {
    await served(async (url) => {
      await open(url, "#/market");
      await page.keyboard.press("/");
      await page.keyboard.type("bbbusdc");
      await page.keyboard.press("Enter");
      await shown("symbol");
      expect(await page.textContent("h2")).toContain("BBBUSDC");
      expect(await page.title()).toBe("BBBUSDC – Binance Vision availability");
    });
  });

  it("moves through the calendar with keys, describes each cell, and opens the symbol", async () => {
    await served(async (url) => {
      await open(url, "#/calendar?sort=name");
      await page.focus(".heat");
      await page.keyboard.press("Home");
      const description = () => page.textContent(".cell-description");
      expect(await description()).toBe("AAAUSDT, 2024-03-01: available");
      for (let day = 0; day < 10; day++) await page.keyboard.press("ArrowRight");
      expect(await description()).toBe("AAAUSDT, 2024-03-11: hole");
      await page.keyboard.press("ArrowDown");
      expect(await description()).toBe("BBBUSDC, 2024-03-11: came late");
      await page.keyboard.press("+");
      await expect.poll(() => new URL(page.url()).hash).toMatch(/from=2024-03-0\d&to=2024-0[34]-\d\d/);
      await page.keyboard.press("Enter");
      await shown("symbol");
      expect(await page.textContent("h2")).toContain("BBBUSDC");
    });
  });

  it("paints a hole in its place", async () => {
    await served(async (url) => {
      await open(url, "#/calendar?sort=name");
      await expect.poll(() => entries("calendar")).toBeGreaterThan(0);
      const hole = await page.evaluate<string>(
        "getComputedStyle(document.documentElement).getPropertyValue('--cell-h')",
      );
      const colours = await page.evaluate<string[]>(`(() => {
        const canvas = document.querySelector(".heat canvas");
        const { data } = canvas.getContext("2d").getImageData(118, 24 + 3, canvas.width - 118, 1);
        const hex = (at) => "#" + [...data.slice(at, at + 3)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        return Array.from({ length: data.length / 4 }, (_, x) => hex(x * 4));
      })()`);
      const at = colours.flatMap((colour, x) =>
        colour === hole.trim() ? [Math.floor((x / colours.length) * DAYS)] : [],
      );
      expect([...new Set(at)]).toEqual([10, 25]);
    });
  });

  it("names incidents and changes", async () => {
    await served(async (url) => {
      await open(url, "#/incidents");
      const text = (await page.locator("tbody").allTextContents()).join("\n");
      expect(text).toContain("2024-03-26");
      expect(text).toContain("late");
    });
  });

  it("turns dark and remembers it", async () => {
    await served(async (url) => {
      await open(url, "#/status", { colorScheme: "light" });
      const theme = () => page.getAttribute("html", "data-theme");
      expect(await theme()).toBe("light");
      await page.click("button[aria-label='Dark colours']");
      expect(await theme()).toBe("dark");
      await page.reload();
      await shown("status");
      expect(await theme()).toBe("dark");
    });
  });

  it("says that a symbol doesn't exist, and shows its name as text", async () => {
    await served(async (url) => {
      await open(url, `#/symbol/${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
      expect(await page.textContent("main")).toContain("There is no such symbol");
      expect(await page.locator("main img").count()).toBe(0);
      expect(complaints).toEqual([]);
    });
  });
});

/** A market with a hole, a late file, a flat contract, one that ended, and a day on which five lack a file. */
async function fill(file: string): Promise<void> {
  const { store, writer } = await writerFor(file, SYMBOLS);
  const probedAt = (D0 + DAYS + 100) * DAY_MS;
  const sizeOf = (symbol: number, at: number): number => {
    if (at === 25 && symbol !== 1 && symbol !== 3) return 0;
    if (symbol === 0 && at === 10) return 0;
    if (symbol === 3) return 7_900;
    if (symbol >= 4) return 40_000;
    return 30_000 + symbol * 5_000 + at;
  };
  const cells = (symbol: number) =>
    Array.from({ length: DAYS }, (_, at) => ({ day: D0 + at, size: sizeOf(symbol, at), probedAt }));
  await writer.commit(SYMBOLS.map((_, symbol) => symbolUnit(symbol, cells(symbol))));
  await writer.close();
  await store.connection.run(
    `INSERT INTO changes (date, symbol, kind, new_size_bytes, seen_at, run_id)
      VALUES (DATE '2024-03-11', 'BBBUSDC', 'late', 35000, TIMESTAMP '2024-06-01 10:00:00', 1)`,
  );
  // The first is traded each day, with growing volume; the second never.
  await writeVolumes(store, [
    { symbol: "AAAUSDT", from: D0, bars: Array.from({ length: DAYS }, (_, at) => 1000 + at) },
    { symbol: "BBBUSDC", from: D0, bars: Array.from({ length: DAYS }, () => 0) },
  ]);
  await store.connection.run(
    `INSERT INTO contracts (symbol, valid_from, status, contract_type, underlying_type, onboard_date) VALUES
      ('AAAUSDT', TIMESTAMP '2024-03-05', 'TRADING', 'PERPETUAL', 'COIN', TIMESTAMP '2024-03-01'),
      ('BBBUSDC', TIMESTAMP '2024-03-05', 'TRADING', 'TRADIFI_PERPETUAL', 'COMMODITY', TIMESTAMP '2024-03-01')`,
  );
  await store.close();
}
