/** Number of names that one line shows. */
const NAMES_SHOWN = 10;

/** The first of some names, for a line: `AUSDT, BUSDT and others`. */
export function firstNames(names: readonly unknown[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map(String).join(", ");
  return names.length > NAMES_SHOWN ? `${shown} and others` : shown;
}
