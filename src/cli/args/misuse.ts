import { nearest } from "../../text/nearest.js";
import { pageAt, type CommandPage, type OptionPage, type PositionalPage } from "./command-page.js";

/** Options of every command. */
const EVERYWHERE = ["help", "version", "color"];

/** Long options that need no command, as typed. */
const WITHOUT_COMMAND = ["--help", "--version", "--color", "--no-color"];

/**
 * Explains in one line what is wrong with the arguments and what is right; undefined when the command definitions don't
 * reveal it.
 *
 * @param root the page above the command that the arguments begin with
 */
export function misuse(root: CommandPage, args: readonly string[]): string | undefined {
  const commandWords = args.slice(0, args.findIndex((arg) => arg.startsWith("-")) >>> 0);
  const { page, left } = pageAt(root, commandWords);
  if (page.commands.length > 0) return wrongCommand(page, left[0]) ?? optionFirst(page, args[page.words.length]);
  const { given, values } = readWords(page, args.slice(page.words.length));
  return (
    wrongOption(page, given) ??
    conflict(page, given) ??
    wrongChoice(page, given, values) ??
    wrongPlaces(page, values) ??
    missing(page, given, values)
  );
}

/** Refuses a value for a flag, `--refresh=yes`: yargs would read anything but `true` as false. */
export function flagMisuse(root: CommandPage, args: readonly string[]): string | undefined {
  const { page } = pageAt(root, args);
  const { given } = readWords(page, args.slice(page.words.length));
  const wrong = given.find(
    ({ name, value }) => value !== undefined && !/^(?:true|false)$/.test(value) && isFlag(page, name),
  );
  return wrong && `--${wrong.name} takes no value, but got ${JSON.stringify(wrong.value)}`;
}

interface GivenOption {
  name: string;
  value: string | undefined;
}

/** Separates options and their values from positional arguments. */
function readWords(page: CommandPage, words: readonly string[]): { given: GivenOption[]; values: string[] } {
  const given: GivenOption[] = [];
  const values: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      values.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith("--")) {
      values.push(word);
      continue;
    }
    const [, name = "", , inline] = /^--([^=]*)(=(.*))?$/s.exec(word) ?? [];
    const next = words[at + 1];
    const takesNext = inline === undefined && optionOf(page, name)?.takes !== undefined && isValue(next);
    given.push({ name, value: takesNext ? next : inline });
    if (takesNext) at++;
  }
  return { given, values };
}

/** Whether a word can be the value of the option before it, which includes negative numbers. */
function isValue(word: string | undefined): word is string {
  return word !== undefined && (!word.startsWith("-") || /^-\.?\d/.test(word));
}

function optionOf(page: CommandPage, name: string): OptionPage | undefined {
  const isName = (option: OptionPage) =>
    option.name === name || (option.takes === undefined && `no-${option.name}` === name);
  return page.options.find(isName);
}

function isFlag(page: CommandPage, name: string): boolean {
  const option = optionOf(page, name);
  return option !== undefined && option.takes === undefined;
}

function wrongCommand(page: CommandPage, word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  const line = lineOf(page);
  // Commands of the group itself come first: `bfa contracts` before `bfa query contracts`.
  const all = [...page.commands, ...page.commands.flatMap((below) => below.commands)];
  const meant = nearest(
    word,
    all.map(({ words }) => words.at(-1) ?? ""),
  );
  const found = all.find(({ words }) => words.at(-1) === meant);
  const way = found === undefined ? `${line} --help lists them` : `did you mean \`${lineOf(found)}\`?`;
  return `there is no command \`${line} ${word}\`; ${way}`;
}

function lineOf({ words }: CommandPage): string {
  return ["bfa", ...words].join(" ");
}

/** Explains an option in the place of a command. */
function optionFirst(page: CommandPage, word: string | undefined): string | undefined {
  const [option] = word?.split("=") ?? [];
  if (option === undefined) return undefined;
  const meant = nearest(option, WITHOUT_COMMAND);
  if (meant !== undefined) return `there is no option ${option}; did you mean ${meant}?`;
  return option.startsWith("--")
    ? `options follow the command: ${lineOf(page)} COMMAND ${option}`
    : `there is no option ${option}; ${lineOf(page)} --help lists them`;
}

function wrongOption(page: CommandPage, given: readonly GivenOption[]): string | undefined {
  const line = lineOf(page);
  for (const { name, value } of given) {
    const option = optionOf(page, name);
    if (page.positionals.some((place) => place.name === name)) {
      return `${line} takes ${usagePlaces(page)} without --${name}`;
    }
    if (option === undefined && !EVERYWHERE.includes(name)) {
      const meant = nearest(
        name,
        page.options.map((one) => one.name),
      );
      const way = meant === undefined ? `${line} --help lists its options` : `did you mean --${meant}?`;
      return `there is no option --${name}; ${way}`;
    }
    if (option?.takes !== undefined && !option.isValueOptional && value === undefined) {
      return `--${name} needs a value: --${name} ${option.choices.length > 0 ? option.choices.join("|") : option.takes}`;
    }
  }
  return undefined;
}

function conflict(page: CommandPage, given: readonly GivenOption[]): string | undefined {
  const isGiven = (name: string) => given.some((one) => one.name === name);
  const other = page.options.find(({ name, conflicts }) => isGiven(name) && conflicts.some(isGiven));
  if (other === undefined) return undefined;
  const names = [other.name, ...other.conflicts.filter(isGiven)].map((name) => `--${name}`);
  return `${names.join(" and ")} can't be combined: give only one`;
}

function wrongChoice(page: CommandPage, given: readonly GivenOption[], values: readonly string[]): string | undefined {
  const chosen = [
    ...given.map(({ name, value }) => [`--${name}`, value, optionOf(page, name)?.choices ?? []] as const),
    ...values.map((value, at) => [placeAt(page, at)?.name ?? "", value, placeAt(page, at)?.choices ?? []] as const),
  ];
  for (const [name, value, choices] of chosen) {
    if (value === undefined || choices.length === 0 || choices.includes(value)) continue;
    const meant = nearest(value, choices);
    const way = meant === undefined ? "" : `; did you mean ${meant}?`;
    return `${name}: ${JSON.stringify(value)} is not one of ${choices.join(", ")}${way}`;
  }
  return undefined;
}

function placeAt({ positionals }: CommandPage, at: number): PositionalPage | undefined {
  const last = positionals.at(-1);
  return positionals[at] ?? (last?.isList === true ? last : undefined);
}

function wrongPlaces(page: CommandPage, values: readonly string[]): string | undefined {
  const extra = values.filter((_, at) => placeAt(page, at) === undefined);
  if (extra.length === 0) return undefined;
  const line = lineOf(page);
  const taken = page.positionals.length === 0 ? "takes no arguments" : `takes only ${usagePlaces(page)}`;
  const shown = extra.map((value) => JSON.stringify(value)).join(" ");
  const dates = page.options.filter(({ takes, isRequired }) => takes === "DATE" && !isRequired);
  const areDates = extra.every((value) => /^\d{4}-\d{2}-\d{2}$/.test(value)) && dates.length >= extra.length;
  const takesSymbols = page.options.some(({ name }) => name === "symbols");
  const areSymbols = takesSymbols && extra.every((value) => /^[A-Z0-9_]{5,}$/.test(value));
  const options = areDates
    ? extra.map((value, at) => `--${dates[at]?.name ?? ""} ${value}`).join(" ")
    : `--symbols ${extra.join(",")}`;
  const way = areDates || areSymbols ? `did you mean \`${line} ${options}\`?` : `see ${line} --help`;
  return `${line} ${taken}, but got ${shown}; ${way}`;
}

function usagePlaces({ positionals }: CommandPage): string {
  return positionals.map(({ name }) => `<${name}>`).join(" ");
}

function missing(page: CommandPage, given: readonly GivenOption[], values: readonly string[]): string | undefined {
  const place = page.positionals.filter(({ isRequired }) => isRequired).at(values.length);
  const option = page.options.find(({ name, isRequired }) => isRequired && !given.some((one) => one.name === name));
  const what =
    values.length < page.positionals.filter(({ isRequired }) => isRequired).length && place !== undefined
      ? `<${place.name}> is missing (${place.about})`
      : option !== undefined
        ? `--${option.name} is missing (${option.about})`
        : undefined;
  if (what === undefined) return undefined;
  const example = page.examples[0]?.line ?? `${lineOf(page)} --help`;
  return `${what}; for example: ${example}`;
}
