import { chromium, type Page } from "playwright-core";

/** Only against hanging: how long a browser takes depends on the machine. */
const TIMEOUT_MS = 600_000;

/** Starts Chromium without a window, and opens an empty page. Closing the page's browser ends it. */
export async function openPage(executablePath: string): Promise<Page> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: TIMEOUT_MS });
  const page = await browser.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  return page;
}
