/** Maximum characters of a message that quotes others. Two keys of the bucket fit. */
const MAX_MESSAGE = 400;

/** A message that quotes what a server or a file says, cut off if that is long. It may be repeated for every cell. */
export function bounded(message: string): string {
  if (message.length <= MAX_MESSAGE) return message;
  // Half of a surrogate pair isn't a character.
  return `${message.slice(0, MAX_MESSAGE).replace(/[\ud800-\udbff]$/, "")}…`;
}
