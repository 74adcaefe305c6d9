import { styleText } from "node:util";
import { printableLines } from "../../text/printable.js";

/** How text is set off from other text on a terminal. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Sets a text off, or leaves it as it is where there are no colours. */
export type Paint = (style: Style, text: string) => string;

/** Leaves every text as it is. */
export const noPaint: Paint = (_, text) => text;

/**
 * How to paint what goes to a stream: in colours on a terminal that has them, unless `NO_COLOR` is set or `TERM` is
 * `dumb`; anywhere when `FORCE_COLOR` is set.
 */
export function paintFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Paint {
  return hasColours(stream, env) ? (style, text) => styleText(style, text, { validateStream: false }) : noPaint;
}

function hasColours(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** What the words of conditions and outcomes mean for a reader: good, not sure yet, not good. */
const STYLES: Readonly<Record<string, Style>> = {
  final: "green",
  provisional: "yellow",
  partial: "red",
  unpublished: "red",
  unwritten: "red",
  whole: "green",
  "nothing to do": "green",
  passed: "green",
  findings: "yellow",
  unavailable: "yellow",
  interrupted: "yellow",
  unfinished: "yellow",
  failed: "red",
};

/** A condition or an outcome in the colour of its meaning; any other word as it is. */
export function paintWord(paint: Paint, word: string): string {
  const style = STYLES[word];
  return style === undefined ? word : paint(style, word);
}

const ESCAPE = String.fromCharCode(27);

/** What `styleText` writes before and after a text. */
const CODES = new RegExp(`(${ESCAPE}\\[\\d{1,2}m)`);

/** A text of several lines with everything but colours made visible. */
export function printablePainted(text: string): string {
  return text
    .split(CODES)
    .map((part, at) => (at % 2 === 1 ? part : printableLines(part)))
    .join("");
}

/** The arguments without `--color` and `--no-color`; the last of them decides for this process and what it starts. */
export function takeColourChoice(args: readonly string[], env: NodeJS.ProcessEnv = process.env): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const isChoice = (arg: string, at: number) => at < end && (arg === "--color" || arg === "--no-color");
  const choice = args.findLast(isChoice);
  if (choice !== undefined) {
    delete env["FORCE_COLOR"];
    delete env["NO_COLOR"];
    env[choice === "--color" ? "FORCE_COLOR" : "NO_COLOR"] = "1";
  }
  return args.filter((arg, at) => !isChoice(arg, at));
}
