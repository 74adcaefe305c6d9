import type { CommandModule } from "yargs";

/** Options and action of a command. Its name and what it is about are in the registry, for the list of all commands. */
export type CommandBody<Args> = Pick<CommandModule<object, Args>, "builder" | "handler">;
