import { styleText } from "node:util";
import { printableLines } from "../../text/printable.js";

/** A style of text on a terminal. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Styles text, or leaves it unchanged without colours. */
export type Paint = (style: Style, text: string) => string;

/** Leaves every text unchanged. */
export const noPaint: Paint = (_, text) => text;

/**
 * The paint for a stream: colours on a terminal that supports them, unless `NO_COLOR` is set or `TERM` is `dumb`;
 * always with `FORCE_COLOR`.
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

/** Styles for conditions and outcomes: good, uncertain or bad. */
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

/** Paints a condition or an outcome in its colour; leaves any other word unchanged. */
export function paintWord(paint: Paint, word: string): string {
  const style = STYLES[word];
  return style === undefined ? word : paint(style, word);
}

const ESCAPE = String.fromCharCode(27);

/** The codes that `styleText` writes around text. */
const CODES = new RegExp(`(${ESCAPE}\\[\\d{1,2}m)`);

/** Text of several lines with all control characters made visible, except for colours. */
export function printablePainted(text: string): string {
  return text
    .split(CODES)
    .map((part, at) => (at % 2 === 1 ? part : printableLines(part)))
    .join("");
}

/** The arguments without `--color` and `--no-color`; the last one applies to this process and its children. */
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
