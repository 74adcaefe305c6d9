import type { CommandPage } from "../args/command-page.js";

/** Names of the command. */
export const COMMAND_NAMES = ["bfa", "binance-futures-availability"] as const;

/** A page and all pages below it. */
export function allPages(page: CommandPage): CommandPage[] {
  return [page, ...page.commands.flatMap(allPages)];
}
