import { OTHER_OPTIONS, type CommandPage, type OptionPage, type PositionalPage } from "../args/command-page.js";
import type { Paint } from "./colour.js";

/** Options that every command has. */
const EVERYWHERE = [
  ["-h, --help", "show this help"],
  ["-V, --version", "show the version"],
  ["--[no-]color", "colours; by default on a terminal, unless NO_COLOR is set"],
] as const;

/** Maximum width of the left column. */
const LEFT_WIDTH = 32;

/** Minimum width of the right column. */
const MIN_RIGHT_WIDTH = 24;

type Entry = readonly [left: string, right: string];

/**
 * The help of a command.
 *
 * @param width columns of the terminal
 */
export function helpText(page: CommandPage, width: number, paint: Paint): string {
  const isRoot = page.words.length === 0;
  const optionsIn = (title: string) => page.options.filter(({ group }) => group === title).map(optionEntry);
  const groups = [...new Set(page.options.map(({ group }) => group))].filter((title) => title !== OTHER_OPTIONS);
  const sections: [title: string, entries: Entry[]][] = [
    ["Arguments", page.positionals.map((one) => [placeText(one), positionalText(one)])],
    ["Commands", page.commands.map((below) => [commandName(below), below.about])],
    ...groups.map((title): [string, Entry[]] => [title, optionsIn(title)]),
    [OTHER_OPTIONS, [...optionsIn(OTHER_OPTIONS), ...EVERYWHERE.filter(([left]) => isRoot || !left.includes("-V"))]],
  ];
  const shown = sections.filter(([, entries]) => entries.length > 0);
  const examples = page.examples.map(({ line, about }) => exampleLines(line, about, width, paint));
  return [
    wrap(page.about, width, ""),
    `${paint("bold", "Usage:")} ${usageLine(page)}`,
    ...shown.map(([title, entries]) => `${paint("bold", `${title}:`)}\n${list(entries, width, paint)}`),
    ...(examples.length === 0 ? [] : [`${paint("bold", "Examples:")}\n${examples.join("\n")}`]),
    ...(page.notes.length === 0 ? [] : [page.notes.map((note) => wrap(note, width, "")).join("\n")]),
  ].join("\n\n");
}

/** How a command is typed: `bfa query snapshot <date> [options]`. */
export function usageLine({ words, positionals, options, commands }: CommandPage): string {
  const below = commands.length === 0 ? [] : ["<command>"];
  const required = options.filter(({ isRequired }) => isRequired).map(optionText);
  const rest = options.some(({ isRequired }) => !isRequired) || words.length === 0 ? ["[options]"] : [];
  return ["bfa", ...words, ...below, ...positionals.map(placeText), ...required, ...rest].join(" ");
}

/** An option with its value: `--threads NUMBER`, `--[no-]pool`, `--source auto|head|list`. */
export function optionText({ name, takes, isValueOptional, choices, isOn }: OptionPage): string {
  if (takes === undefined) return `--${isOn ? "[no-]" : ""}${name}`;
  const alternatives = choices.join("|");
  const value = choices.length === 0 ? takes : alternatives.length > 20 ? name.toUpperCase() : alternatives;
  return `--${name} ${isValueOptional ? `[${value}]` : value}`;
}

/** The description of an option, including its default and environment variable. */
export function optionMeaning({ about, choices, fallback, env, isRequired }: OptionPage): string {
  const facts = [
    ...choicesFact(choices),
    ...(isRequired ? ["required"] : []),
    ...(fallback === undefined || fallback === "" ? [] : [`default: ${fallback}`]),
    ...(env === undefined ? [] : [`env: ${env}`]),
  ];
  return facts.length === 0 ? about : `${about} [${facts.join("; ")}]`;
}

/** The description of a positional argument. */
export function positionalText({ about, choices, takes }: PositionalPage): string {
  const facts = choices.length > 0 ? choicesFact(choices) : takes === "DATE" ? ["YYYY-MM-DD"] : [];
  return facts.length === 0 ? about : `${about} [${facts.join("; ")}]`;
}

/** `<date>`, `[to]`, `[checks..]`. */
export function placeText({ name, isRequired, isList }: PositionalPage): string {
  const text = isList ? `${name}..` : name;
  return isRequired ? `<${text}>` : `[${text}]`;
}

function choicesFact(choices: readonly string[]): string[] {
  return choices.join("|").length > 20 ? [`one of ${choices.join(", ")}`] : [];
}

function commandName({ words, positionals }: CommandPage): string {
  return [words.at(-1), ...positionals.map(placeText)].join(" ");
}

function optionEntry(option: OptionPage): Entry {
  return [optionText(option), optionMeaning(option)];
}

function list(entries: readonly Entry[], width: number, paint: Paint): string {
  const left = Math.min(LEFT_WIDTH, Math.max(...entries.map(([text]) => text.length)));
  const indent = " ".repeat(left + 4);
  return entries
    .map(([text, about]) => {
      const lines = wrap(about, Math.max(width, indent.length + MIN_RIGHT_WIDTH), indent);
      const name = `  ${paint("cyan", text)}`;
      return text.length > left
        ? `${name}\n${lines}`
        : `${name}${" ".repeat(left - text.length + 2)}${lines.trimStart()}`;
    })
    .join("\n");
}

function exampleLines(line: string, about: string, width: number, paint: Paint): string {
  return `${wrap(`# ${about}`, width, "  ")
    .split("\n")
    .map((one) => `  ${paint("dim", one.trimStart())}`)
    .join("\n")}\n  ${line}`;
}

/** Breaks text into lines between words. */
function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/)) {
    const isFirst = line === indent;
    if (!isFirst && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line += isFirst ? word : ` ${word}`;
    }
  }
  return [...lines, line].join("\n");
}
