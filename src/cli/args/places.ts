import type { CommandModule } from "yargs";

/**
 * Marks words after `--`: yargs gives a command only words that can't be options. No word that someone types contains it.
 * Alone, as a flag, it keeps an option before `--` from taking the word after it as its value.
 */
export const LITERAL = "\0";

/** The names of a command's positional arguments. */
export function placesOf({ command }: CommandModule): string[] {
  const [, ...places] = String(command).split(" ");
  return places.map((place) => place.replace(/^[<[]|\.*[>\]]$/g, ""));
}

/** Whether a positional argument is given as an option, which yargs would accept or ignore. */
export function placeAsOption(places: readonly string[], args: readonly string[]): boolean {
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const names = own.flatMap((arg) => /^--(?:no-)?([^=.]+)|^-([^-=.])/.exec(arg)?.slice(1) ?? []);
  return places.some((place) => names.includes(place));
}

/** The arguments for yargs: words after `--` marked as positional, whatever they begin with. */
export function withLiteralWords(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  if (end < 0) return [...args];
  return [...args.slice(0, end), `--${LITERAL}`, ...args.slice(end + 1).map((word) => LITERAL + word)];
}

/** Removes the marks from the positional arguments that yargs has read. */
export function readLiteralWords(given: Record<string, unknown>, places: readonly string[]): void {
  Reflect.deleteProperty(given, LITERAL);
  for (const place of places) {
    const value = given[place];
    if (Array.isArray(value)) given[place] = value.map(unmarked);
    else if (value !== undefined) given[place] = unmarked(value);
  }
}

function unmarked(value: unknown): unknown {
  return typeof value === "string" && value.startsWith(LITERAL) ? value.slice(LITERAL.length) : value;
}
