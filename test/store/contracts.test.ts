import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import fc from "fast-check";
import { UsageError } from "../../src/errors.js";
import { withCapture, type ContractRange, type ContractState } from "../../src/store/contract-ranges.js";
import { announcedDelistings, recordCapture, type ContractCapture } from "../../src/store/contracts.js";
import { openStore, type WritableStore } from "../../src/store/open.js";
import type { ExchangeContract } from "../../src/vision/exchange-info.js";
import { temporaryFolder } from "../support/database.js";
import { ask } from "../support/store.js";
import { propertyRuns } from "../support/property-runs.js";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

const TABLES = [
  "SELECT * FROM contracts ORDER BY symbol, valid_from",
  "SELECT * FROM contract_captures ORDER BY captured_at",
] as const;

async function tablesOf(store: WritableStore): Promise<unknown[][][]> {
  return [await ask(store, TABLES[0]), await ask(store, TABLES[1])];
}

async function withStore<Result>(name: string, use: (store: WritableStore) => Promise<Result>): Promise<Result> {
  const store = await openStore(join(folder.path, name));
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** A state with few possible values, so that equal ones are frequent. */
const state = fc.record({
  status: fc.constantFrom("TRADING", "SETTLING"),
  contractType: fc.constantFrom("PERPETUAL"),
  underlyingType: fc.constantFrom("COIN", "PREMARKET"),
  onboardDate: fc.constantFrom(1_600_000_000_000, 1_700_000_000_000),
  deliveryDate: fc.constantFrom(undefined, 1_800_000_000_000),
});

/** What a capture shows of some symbols; a symbol that it lacks is undefined. */
const shown = fc.record({
  AUSDT: fc.option(state, { nil: undefined }),
  BUSDT: fc.option(state, { nil: undefined }),
  CUSDT: fc.option(state, { nil: undefined }),
});

const captures = fc
  .uniqueArray(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 7 })
  .chain((times) =>
    fc.tuple(...times.map((time) => shown.map((symbols) => captureOf(1_650_000_000_000 + time * 1000, symbols)))),
  );

function captureOf(at: number, symbols: Readonly<Record<string, ContractState | undefined>>): ContractCapture {
  const contracts = Object.entries(symbols).flatMap(([symbol, facts]): ExchangeContract[] =>
    facts === undefined ? [] : [{ symbol, ...facts }],
  );
  return { at, source: `capture ${at}`, contracts };
}

function factsOf(shown: ContractState | undefined): ContractState | undefined {
  if (shown === undefined) return undefined;
  const { status, contractType, underlyingType, onboardDate, deliveryDate } = shown;
  return { status, contractType, underlyingType, onboardDate, deliveryDate };
}

/** The table by its definition: captures in order of time, with a new row where the state changes. */
function rangesInOrder(inOrder: readonly ContractCapture[], symbol: string): ContractRange[] {
  const ranges: ContractRange[] = [];
  let open: ContractRange | undefined;
  for (const { at, contracts } of inOrder) {
    const now = contracts.find((contract) => contract.symbol === symbol);
    if (JSON.stringify(factsOf(now)) === JSON.stringify(factsOf(open))) continue;
    if (open !== undefined) open.to = at;
    const facts = factsOf(now);
    open = facts && { ...facts, from: at, to: undefined };
    if (open !== undefined) ranges.push(open);
  }
  return ranges;
}

describe("captures", () => {
  it("give the ranges of their definition, in whatever order they come", () => {
    fc.assert(
      fc.property(
        captures.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const inOrder = [...all].sort((a, b) => a.at - b.at);
          for (const symbol of ["AUSDT", "BUSDT", "CUSDT"]) {
            let ranges: ContractRange[] = [];
            const known: number[] = [];
            for (const { at, contracts } of shuffled) {
              const time = {
                at,
                before: known.filter((one) => one < at).sort((a, b) => b - a)[0],
                after: known.filter((one) => one > at).sort((a, b) => a - b)[0],
              };
              const found = contracts.find((contract) => contract.symbol === symbol);
              ranges = withCapture(ranges, time, found);
              known.push(at);
            }
            expect(ranges).toEqual(rangesInOrder(inOrder, symbol));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("give the same tables in whatever order they come, and whether once or twice", async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(
        captures.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all.slice(0, 2)], { minLength: all.length })),
        ),
        async ([all, shuffled]) => {
          const missing = all.filter((capture) => !shuffled.includes(capture));
          const inOrder = [...all].sort((a, b) => a.at - b.at);
          files += 1;
          const record = (order: readonly ContractCapture[]) => async (store: WritableStore) => {
            for (const capture of order) await recordCapture(store, capture);
            return await tablesOf(store);
          };
          const expected = await withStore(`${files}-in-order.duckdb`, record(inOrder));
          expect(await withStore(`${files}.duckdb`, record([...shuffled, ...missing]))).toEqual(expected);
        },
      ),
      { numRuns: propertyRuns(3) },
    );
  });

  const facts = {
    status: "TRADING",
    contractType: "PERPETUAL",
    underlyingType: "COIN",
    onboardDate: Date.UTC(2020, 0, 1),
    deliveryDate: undefined,
  };
  const [march, may] = [Date.UTC(2024, 2, 1), Date.UTC(2024, 4, 1)];

  it("report what is new compared with the previous one by time", async () => {
    await withStore("news.duckdb", async (store) => {
      expect(await recordCapture(store, captureOf(may, { AUSDT: facts, BUSDT: facts }))).toEqual({
        ...{ isNew: true, added: ["AUSDT", "BUSDT"], changed: [], gone: [] },
      });
      expect(await recordCapture(store, captureOf(march, { CUSDT: facts }))).toMatchObject({ added: ["CUSDT"] });
      const april = Date.UTC(2024, 3, 1);
      const news = await recordCapture(
        store,
        captureOf(april, { AUSDT: facts, CUSDT: { ...facts, status: "SETTLING" } }),
      );
      expect(news).toEqual({ isNew: true, added: ["AUSDT"], changed: ["CUSDT"], gone: [] });
      expect(await recordCapture(store, captureOf(may + 1, { AUSDT: facts }))).toMatchObject({ gone: ["BUSDT"] });
    });
  });

  it("can't show two states at one instant", async () => {
    await withStore("two.duckdb", async (store) => {
      await recordCapture(store, captureOf(march, { AUSDT: facts }));
      const before = await tablesOf(store);
      expect(await recordCapture(store, captureOf(march, { AUSDT: facts }))).toMatchObject({ isNew: false });
      const other = captureOf(march, { AUSDT: { ...facts, status: "SETTLING" } });
      await expect(recordCapture(store, other)).rejects.toThrow(
        new UsageError("the capture of 2024-03-01T00:00:00Z is already known, but differs in AUSDT"),
      );
      expect(await tablesOf(store)).toEqual(before);
    });
  });

  it("announce delistings of perpetuals that the last one shows and that are still to come", async () => {
    await withStore("announced.duckdb", async (store) => {
      const june = Date.UTC(2024, 5, 1, 9);
      const ends = { ...facts, deliveryDate: june };
      await recordCapture(store, captureOf(march, { AUSDT: ends, BUSDT: ends, CUSDT: facts, BTCUSDT_240628: ends }));
      await recordCapture(store, captureOf(may, { AUSDT: { ...ends, status: "CLOSE" }, BUSDT: facts, CUSDT: ends }));
      expect(await announcedDelistings(store, may)).toEqual([
        { symbol: "AUSDT", delivery_date: "2024-06-01T09:00:00Z", known_since: "2024-03-01T00:00:00Z" },
        { symbol: "CUSDT", delivery_date: "2024-06-01T09:00:00Z", known_since: "2024-05-01T00:00:00Z" },
      ]);
      expect(await announcedDelistings(store, june)).toEqual([]);
    });
  });
});
