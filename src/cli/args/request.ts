/** What the arguments ask for: the version, help, or running a command. */
export type Request = { kind: "version" } | { kind: "help"; words: readonly string[] } | { kind: "command" };

/** Determines what the arguments ask for; everything after `--` belongs to the command. */
export function readRequest(args: readonly string[]): Request {
  const [first] = args;
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (own.some((arg) => arg === "--version" || arg === "-V")) return { kind: "version" };
  if (first === "help") return { kind: "help", words: args.slice(1).filter((arg) => !arg.startsWith("-")) };
  if (first === undefined || own.some((arg) => arg === "--help" || arg === "-h")) {
    return { kind: "help", words: own.filter((arg) => !arg.startsWith("-")) };
  }
  return { kind: "command" };
}
