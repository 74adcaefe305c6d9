import type { CommandModule } from "yargs";
import { CHECKS, type CheckName, type CheckResult } from "../../check/define.js";
import type { Day } from "../../calendar/day.js";
import { EXIT } from "../exit.js";
import { plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { day, dbOption, given, withReader } from "../args/query-options.js";
import { httpUrl, shareOf } from "../args/readers.js";

interface ValidateArguments {
  checks: CheckName[] | undefined;
  from: Day | undefined;
  share: number | undefined;
  date: Day | undefined;
  "exchange-url": string | undefined;
  strict: boolean;
  json: boolean;
  db: string;
}

/** Symbols of a finding that are shown to a person. */
const SYMBOLS_SHOWN = 10;

/** `bfa validate` */
const validateCommand: CommandModule<object, ValidateArguments> = {
  command: "validate [checks..]",
  describe: "Look for days without rows, falls, wrong counts, duplicates; compare with the exchange",
  builder: (yargs) =>
    yargs
      .positional("checks", {
        describe: "all but cross-check, which asks the exchange, when none is named",
        type: "string",
        array: true,
        choices: CHECKS,
      })
      .options({
        from: {
          describe: "first day that should have rows",
          string: true,
          requiresArg: true,
          coerce: day("--from"),
          defaultDescription: "2019-12-31",
        },
        share: {
          describe: "share by which a day may have fewer files than the days around it",
          string: true,
          requiresArg: true,
          coerce: shareOf("share"),
          defaultDescription: "10%",
        },
        date: {
          describe: "day of the cross-check",
          string: true,
          requiresArg: true,
          coerce: day("--date"),
          defaultDescription: "the last one written",
        },
        "exchange-url": {
          describe: "where the exchange's exchangeInfo is",
          string: true,
          requiresArg: true,
          coerce: httpUrl("exchange-url", true),
          defaultDescription: "fapi.binance.com",
        },
        strict: { describe: "exit with 1 when there are findings", boolean: true, default: false },
        json: { describe: "an array of results", boolean: true, default: false },
        db: dbOption,
      }),
  handler: async ({ checks, from, share, date, strict, json, db, ...args }) => {
    const { validate } = await import("../../check/validate.js");
    const options = given({ from, share, day: date, exchangeUrl: args["exchange-url"] });
    const named = checks !== undefined && checks.length > 0 ? { checks } : {};
    const results = await withReader(db, (store) => validate(store, { ...options, ...named, now: Date.now() }));
    process.stdout.write(json ? `${JSON.stringify(results, undefined, 2)}\n` : results.map(resultText).join(""));
    if (strict && results.some(({ outcome }) => outcome === "findings")) process.exitCode = EXIT.failed;
  },
};

function resultText(result: CheckResult): string {
  const lines = [`${result.check}: ${result.outcome}: ${printable(result.summary)}`];
  if (result.outcome === "findings") {
    for (const { date, symbols = [], message } of result.findings) {
      const shown = symbols.slice(0, SYMBOLS_SHOWN).map(printable).join(", ");
      const more =
        symbols.length > SYMBOLS_SHOWN ? ` and ${plural(symbols.length - SYMBOLS_SHOWN, "more symbol")}` : "";
      lines.push(`  ${date === undefined ? "" : `${date}: `}${message}${shown === "" ? "" : `: ${shown}${more}`}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

export default validateCommand;
