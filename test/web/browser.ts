import { chromium, type Browser } from "playwright-core";

/** Starts it without a window. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
