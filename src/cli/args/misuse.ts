import { nearest } from "../../text/nearest.js";
import { pageAt, type CommandPage, type OptionPage, type PositionalPage } from "./command-page.js";

/** Options of every command. */
const EVERYWHERE = ["help", "version", "color"];

/**
 * Explains in one line what is wrong with the arguments and what is right; undefined when the command definitions don't
 * reveal it.
 *
 * @param root the page above the command that the arguments begin with
 */
export function misuse(root: CommandPage, args: readonly string[]): string | undefined {
  const commandWords = args.slice(0, args.findIndex((arg) => arg.startsWith("-")) >>> 0);
  const { page, left } = pageAt(root, commandWords);
  if (page.commands.length > 0) return wrongCommand(page, left[0]);
  const { given, values } = readWords(page, args.slice(page.words.length));
  return (
    wrongOption(page, given) ??
    wrongChoice(page, given, values) ??
    wrongPlaces(page, values) ??
    missing(page, given, values)
  );
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

function wrongCommand({ words, commands }: CommandPage, word: string | undefined): string | undefined {
  const line = ["bfa", ...words].join(" ");
  if (word === undefined) return undefined;
  const meant = nearest(
    word,
    commands.map(({ words }) => words.at(-1) ?? ""),
  );
  return `there is no command \`${line} ${word}\`${meant === undefined ? `; ${line} --help lists them` : `; did you mean \`${line} ${meant}\`?`}`;
}

function wrongOption(page: CommandPage, given: readonly GivenOption[]): string | undefined {
  const line = ["bfa", ...page.words].join(" ");
  for (const { name, value } of given) {
    const option = optionOf(page, name);
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
  const line = ["bfa", ...page.words].join(" ");
  const taken = page.positionals.length === 0 ? "takes no arguments" : `takes only ${usagePlaces(page)}`;
  const shown = extra.map((value) => JSON.stringify(value)).join(" ");
  const dates = page.options.filter(({ takes, isRequired }) => takes === "DATE" && !isRequired);
  const areDates = extra.every((value) => /^\d{4}-\d{2}-\d{2}$/.test(value)) && dates.length >= extra.length;
  const options = extra.map((value, at) => `--${dates[at]?.name ?? ""} ${value}`).join(" ");
  const way = areDates ? `did you mean \`${line} ${options}\`?` : `see ${line} --help`;
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
  const example = page.examples[0]?.line ?? `${["bfa", ...page.words].join(" ")} --help`;
  return `${what}; for example: ${example}`;
}
