import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dayOf, formatDay, type Day } from "../../src/calendar/day.js";
import { syntheticHistory } from "../../src/replica/synthetic.js";
import { classifySymbol } from "../../src/vision/symbol.js";
import { startCli } from "../support/cli.js";

/** Share of the whole soak to run; `BFA_SOAK_SHARE=0.05 npm run soak` takes minutes. */
export const SHARE = Number(process.env["BFA_SOAK_SHARE"] ?? "1");

const SYMBOLS = Math.max(20, Math.round(1070 * SHARE));
/** Days up to the last: back to the first months of the market, before which no day can be requested. */
export const DAYS = 2430;
const SEED = 21;

export const last: Day = dayOf("2026-06-30");
export const first: Day = last - DAYS + 1;
export const symbols = syntheticHistory({ seed: SEED, symbols: SYMBOLS, from: first, through: last })
  .folders.map(({ symbol }) => symbol)
  .filter((symbol) => classifySymbol(symbol).class !== "delivery");

/** A replica in a separate process, so that this one's memory is only the client's. */
export interface Server {
  url: string;
  listUrl: string;
  ca: string;
  close: () => Promise<unknown>;
}

export async function startServer(...faults: string[]): Promise<Server> {
  const size = ["--symbols", String(SYMBOLS), "--through", formatDay(last), "--days", String(DAYS)];
  const { child, done } = startCli(["replica", "--json", "--seed", String(SEED), ...size, ...faults]);
  const [line] = (await once(child.stdout, "data")) as [string];
  const { url, listUrl, caFile } = JSON.parse(line) as { url: string; listUrl: string; caFile: string };
  return {
    ...{ url, listUrl, ca: readFileSync(caFile, "utf8") },
    close: () => {
      child.kill();
      return done;
    },
  };
}
