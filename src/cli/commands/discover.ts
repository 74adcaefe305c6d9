import type { CommandModule } from "yargs";
import { classifySymbol, type SymbolClass } from "../../vision/symbol.js";
import type { Discovery } from "../../run/discover.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { libraryOptions } from "./run-command.js";
import { withRunOptions, type RunArguments } from "../args/run-options.js";

/** Names shown a line; `--json` has them all. */
const NAMES_SHOWN = 20;

/** `bfa discover` */
const discoverCommand: CommandModule<object, RunArguments> = {
  command: "discover",
  describe: "List the bucket for its symbols and record them; none is ever forgotten",
  builder: (yargs) =>
    withRunOptions(yargs)
      .example("$0 discover", "classes and quote assets, and what is new or gone since last time")
      .example("$0 discover --json", "the same with every name"),
  handler: async (args) => {
    const { discover } = await import("../../run/discover.js");
    const discovery = await discover(libraryOptions(args));
    const symbols = discovery.symbols.map((symbol) => ({ symbol, ...classifySymbol(symbol) }));
    if (args.json) process.stdout.write(`${JSON.stringify({ ...discovery, symbols })}\n`);
    else process.stdout.write(`${discoveryText(discovery)}\n`);
  },
};

function discoveryText({ symbols, added, gone, foreign }: Discovery): string {
  const facts = symbols.map(classifySymbol);
  const ofClass = (wanted: SymbolClass) => number(facts.filter((fact) => fact.class === wanted).length);
  const quotes = new Map<string, number>();
  for (const { quote } of facts) quotes.set(quote || "other", (quotes.get(quote || "other") ?? 0) + 1);
  const quoteCounts = [...quotes].sort(([, a], [, b]) => b - a).map(([quote, count]) => `${quote} ${number(count)}`);
  return [
    `${plural(symbols.length, "symbol")}: ${ofClass("perpetual")} perpetual, ${ofClass("settled")} settled, ${ofClass("delivery")} delivery`,
    `  quoted in ${quoteCounts.join(", ")}`,
    ...nameLine("new", added),
    ...nameLine("gone from the bucket, kept", gone),
    ...nameLine("folders that are no symbols", foreign),
  ].join("\n");
}

function nameLine(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, NAMES_SHOWN).map(printable).join(", ");
  const more = names.length > NAMES_SHOWN ? ` and ${number(names.length - NAMES_SHOWN)} more` : "";
  return [`  ${number(names.length)} ${title}: ${shown}${more}`];
}

export default discoverCommand;
