import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayAt, dayOf, formatDay } from "../../src/calendar/day.js";
import { pastDate, shareOf, wholeNumber } from "../../src/cli/args/readers.js";
import { describeError } from "../../src/cli/exit.js";
import { UsageError } from "../../src/errors.js";
import { BOUNDS, COMMAND_DEFAULTS, DEFAULT_CONNECTIONS, DEFAULTS } from "../../src/run/defaults.js";
import type { RunOptions } from "../../src/run/options.js";
import {
  backfillSettings,
  discoverSettings,
  sweepSettings,
  updateSettings,
  volumesSettings,
} from "../../src/run/settings.js";
import { ENDPOINTS } from "../../src/vision/endpoints.js";

const now = dayOf("2024-03-10") * 86_400_000 + 3_600_000;
const db = "a.duckdb";

/** What a call threw, as a value. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

function update(options: object): unknown {
  return updateSettings({ db, ...options }, now);
}

function backfill(options: object): unknown {
  return backfillSettings({ db, ...options }, now);
}

describe("settings", () => {
  it.each(["update", "backfill", "discover"] as const)("of %s are the defaults if no options are given", (command) => {
    const resolve = { update: updateSettings, backfill: backfillSettings, discover: discoverSettings }[command];
    const defaults = COMMAND_DEFAULTS[command];
    expect(resolve({ db }, now)).toMatchObject({
      command,
      endpoint: ENDPOINTS.download,
      listEndpoint: ENDPOINTS.list,
      threads: defaults.threads,
      connections: DEFAULT_CONNECTIONS.http1,
      http2Connections: defaults.http2 ? DEFAULT_CONNECTIONS.http2 : 0,
      timeoutMs: DEFAULTS.timeoutMs,
      retries: DEFAULTS.retries,
      eager: command === "update",
    });
  });

  it("treat an undefined option as omitted", () => {
    const names = ["quote", "symbols", "source", "threads", "date", "lookback", "ca", "maxFailureRate", "signal"];
    expect(update(Object.fromEntries(names.map((name) => [name, undefined])))).toEqual(update({}));
  });

  it("know no list endpoint if another endpoint is given", () => {
    expect(update({ endpoint: "https://h" })).toMatchObject({ endpoint: "https://h", listEndpoint: undefined });
    expect(thrownBy(() => update({ endpoint: "https://h", source: "list" }))).toMatchObject({ option: "listEndpoint" });
  });

  it("have no more threads than sockets, and no HTTP/2 without a pool", () => {
    expect(update({ threads: 9, connections: 3 })).toMatchObject({ threads: 3, http2Connections: 3 });
    expect(update({ threads: 9 })).toMatchObject({ threads: DEFAULT_CONNECTIONS.http2 });
    expect(update({ pool: false })).toMatchObject({ pooled: false, http2Connections: 0 });
  });

  it("have each symbol once", () => {
    expect(update({ symbols: ["BTCUSDT", "ETHUSDT", "BTCUSDT"] })).toMatchObject({ symbols: ["BTCUSDT", "ETHUSDT"] });
  });

  it("of a backfill reach from the first file to yesterday", () => {
    expect(backfill({})).toMatchObject({ span: { from: dayOf("2019-12-31"), to: dayOf("2024-03-09") } });
    expect(backfill({ from: "2024-01-01", to: "2024-01-01" })).toMatchObject({
      span: { from: dayOf("2024-01-01"), to: dayOf("2024-01-01") },
    });
  });
});

describe("the days of a run", () => {
  const at = (day: string) => dayOf(day) * 86_400_000 + 3_600_000;

  it("never begin before the market did", () => {
    expect(update({ date: "2020-01-03", lookback: 400 })).toMatchObject({
      span: { from: dayOf("2019-09-25"), to: dayOf("2020-01-03") },
    });
    expect(updateSettings({ db, lookback: 400 }, at("2019-10-02"))).toMatchObject({
      span: { from: dayOf("2019-09-25"), to: dayOf("2019-10-01") },
    });
    expect(update({ lookback: 3 })).toMatchObject({ span: { from: dayOf("2024-03-07"), to: dayOf("2024-03-09") } });
  });

  it.each(["2015-01-01", "2019-12-31"])("are refused with a clock of %s: there are none", (today) => {
    const refusal = {
      code: "USAGE",
      option: undefined,
      message: expect.stringContaining(`the clock says ${today}`) as string,
    };
    for (const settingsOf of [updateSettings, backfillSettings, sweepSettings, volumesSettings]) {
      expect(thrownBy(() => settingsOf({ db }, at(today)))).toMatchObject(refusal);
      expect(thrownBy(() => settingsOf({ db }, at("2020-01-01")))).toBeUndefined();
    }
  });

  it("are refused with a clock before the market, however many are asked for", () => {
    const refused = thrownBy(() => updateSettings({ db, lookback: 3 }, at("2015-01-01")));
    expect(refused).toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("the clock says 2015-01-01") as string,
    });
  });

  it("that end before the first file are refused by the option that was given", () => {
    const refused = thrownBy(() => backfill({ to: "2019-10-01" }));
    expect(refused).toMatchObject({ option: "to", message: expect.stringContaining("before 2019-12-31") as string });
  });
});

describe("wrong usage of the library", () => {
  const bounded = Object.entries(BOUNDS).flatMap(([option, [min, max]]): [string, unknown][] => [
    [option, min - 1],
    [option, max + 1],
    [option, min + 0.5],
    [option, NaN],
    [option, Infinity],
    [option, String(min)],
    [option, null],
  ]);
  it.each<[option: string, value: unknown]>([
    ...bounded,
    ["maxFailureRate", 1.01],
    ["maxFailureRate", -0.01],
    ["maxFailureRate", NaN],
    ["http2", "yes"],
    ["pool", 1],
    ["source", "both"],
    ["quote", ""],
    ["symbols", []],
    ["symbols", "BTCUSDT"],
    ["symbols", ["A/B"]],
    ["symbols", [1]],
    ["endpoint", "ftp://h"],
    ["endpoint", "https://h/path"],
    ["endpoint", "https://u:p@h"],
    ["listEndpoint", "https://h/?x"],
    ["ca", "/etc/ca.pem"],
    ["db", ""],
    ["db", undefined],
    ["date", "2024-02-30"],
    ["date", "2024-03-10"],
    ["date", "2019-09-24"],
    ["date", 20240301],
    ["date", null],
    ["symbol", "BTCUSDT"],
    ["from", "2024-01-01"],
  ])("%s: %j is refused by its name", (option, value) => {
    const error = thrownBy(() => update({ [option]: value }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code: "USAGE", option });
    expect(String(error)).toContain(`${option}: `);
  });

  it.each(Object.entries(BOUNDS))("%s may be its minimum and its maximum", (option, [min, max]) => {
    for (const value of [min, max]) expect(thrownBy(() => update({ [option]: value }))).toBeUndefined();
  });

  it("includes a reversed range, and options of another command", () => {
    expect(thrownBy(() => backfill({ from: "2024-01-02", to: "2024-01-01" }))).toMatchObject({ option: "from" });
    expect(thrownBy(() => backfill({ lookback: 3 }))).toMatchObject({ option: "lookback" });
    const given = { db, symbols: ["BTCUSDT"] } as RunOptions;
    expect(thrownBy(() => discoverSettings(given, now))).toMatchObject({ option: "symbols" });
  });

  it("is reported by the command line with its own spelling", () => {
    const shown = (options: object) => describeError(thrownBy(() => update(options)));
    expect(shown({ timeoutMs: 0 })).toBe("bfa: --timeout: 0 is not a whole number from 1 to 600000");
    expect(shown({ maxFailureRate: 2 })).toMatch(/^bfa: --max-failure-rate: 2 is not a share/);
    expect(shown({ listEndpoint: "x" })).toMatch(/^bfa: --list-endpoint: "x" is not a URL/);
  });
});

describe("library and command line", () => {
  const accepts = (call: () => unknown) => thrownBy(call) === undefined;

  it("accept the same whole numbers", () => {
    const cases = fc.constantFrom(...Object.entries(BOUNDS));
    const value = fc.oneof(fc.integer({ min: -5, max: 1100 }), fc.integer({ min: 590_000, max: 610_000 }));
    fc.assert(
      fc.property(cases, value, ([option, bounds], number) => {
        const read = wholeNumber(option, bounds[0], bounds[1]);
        expect(accepts(() => read(String(number)))).toBe(accepts(() => update({ [option]: number })));
      }),
    );
  });

  it("accept the same shares", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), (thousandths) => {
        const share = thousandths / 1000;
        const read = shareOf("max-failure-rate");
        expect(accepts(() => read(String(share)))).toBe(accepts(() => update({ maxFailureRate: share })));
      }),
    );
  });

  it("accept the same dates", () => {
    const today = dayAt(Date.now());
    const read = pastDate("date");
    fc.assert(
      fc.property(fc.integer({ min: dayOf("2019-09-01"), max: today + 30 }), (day) => {
        const date = formatDay(day);
        const library = accepts(() => updateSettings({ db, date }, Date.now()));
        expect(accepts(() => read(date))).toBe(library);
      }),
    );
  });
});
