import type { CommandModule } from "yargs";
import countsCommand from "./query-counts.js";
import { delistingsCommand, listingsCommand } from "./query-listings.js";
import rangeCommand from "./query-range.js";
import replacedCommand from "./query-replaced.js";
import snapshotCommand from "./query-snapshot.js";
import sqlCommand from "./query-sql.js";
import timelineCommand from "./query-timeline.js";
import universeCommand from "./query-universe.js";

// Each command types its own arguments; here only their order matters.
const COMMANDS = [
  snapshotCommand,
  timelineCommand,
  rangeCommand,
  countsCommand,
  listingsCommand,
  delistingsCommand,
  universeCommand,
  replacedCommand,
  sqlCommand,
] as unknown as readonly CommandModule[];

/** `bfa query` */
const queryCommand: CommandModule = {
  command: "query",
  describe: "Ask the database: who was there when",
  builder: (yargs) => {
    for (const command of COMMANDS) yargs.command(command);
    return yargs
      .demandCommand(1, "which question? bfa query --help lists them")
      .epilogue("A day that is not in the database is an error, never an empty answer.");
  },
  handler: () => undefined,
};

export default queryCommand;
