import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InferredOptionTypes, Options } from "yargs";
import { UsageError } from "../../errors.js";
import type { HistorySource, Replica, ReplicaOptions } from "../../replica/replica.js";
import { untilNow } from "../../replica/synthetic.js";
import { makeTemporaryFolder } from "../../store/temporary-folder.js";
import { plural } from "../../text/numbers.js";
import { dayOf } from "../../calendar/day.js";
import { filePath, pastDate, shareOf, wholeNumber } from "../args/readers.js";
import { fileDestination } from "../output/destination.js";
import { writePieces } from "../output/write-pieces.js";
import type { CommandBody } from "./command-body.js";

/** Options of `bfa replica`. */
const replicaOptions = {
  port: {
    describe: "port on 127.0.0.1; 0 picks a free one",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("port", 0, 65_535),
    default: "0",
  },
  symbols: {
    describe: "number of symbols in the synthetic history",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("symbols", 1, 20_000),
    defaultDescription: "327",
  },
  seed: {
    describe: "seed of the synthetic history and of the faults",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("seed", 0, 0xffff_ffff),
    default: "1",
  },
  through: {
    describe: "last UTC day with files; by default, all files that would have been uploaded by now",
    string: true,
    requiresArg: true,
    coerce: pastDate("through"),
    defaultDescription: "yesterday",
  },
  days: {
    describe: "number of days with files, up to the last one",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("days", 1, 20_000),
    defaultDescription: "since 2019-12-31",
  },
  spans: {
    describe: "serve the history in this CSV instead: symbol,first_day,last_day,bytes_per_day",
    string: true,
    requiresArg: true,
    coerce: filePath("spans"),
    conflicts: ["symbols", "through", "days"],
  },
  rtt: {
    describe: "round-trip time in ms added to connect, handshake and each answer",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("rtt", 0, 60_000),
    default: "0",
  },
  "fault-500": { describe: "share of requests answered with 500", ...shareOption("fault-500") },
  "fault-503": { describe: "share of requests answered with 503 SlowDown", ...shareOption("fault-503") },
  "fault-reset": { describe: "share of requests whose connection is reset", ...shareOption("fault-reset") },
  "fault-hang": { describe: "share of requests never answered", ...shareOption("fault-hang") },
  "ca-file": {
    describe: "file to write the CA certificate to",
    string: true,
    requiresArg: true,
    coerce: filePath("ca-file"),
    defaultDescription: "a temporary file",
  },
  json: { describe: "print one JSON object on stdout when ready", boolean: true, default: false },
} as const satisfies Record<string, Options>;

function shareOption(name: string) {
  return { string: true, requiresArg: true, coerce: shareOf(name), default: "0" } as const;
}

type ReplicaArguments = InferredOptionTypes<typeof replicaOptions>;

/** `bfa replica`: runs an embedded Vision in the foreground, for trying out any client. */
const replicaCommand: CommandBody<ReplicaArguments> = {
  builder: (yargs) =>
    yargs
      .options(replicaOptions)
      .example("$0 replica", "the whole synthetic history; prints a command to try with it")
      .example("$0 replica --symbols 20 --days 90 --rtt 40 --fault-503 1%", "a small, overloaded server, 40 ms away")
      .epilogue(
        "Its ETags are made up, so bfa verify --md5 finds every file from it damaged. Ctrl-C stops it and prints request statistics.",
      ),
  handler: run,
};

export default replicaCommand;

async function run(args: ReplicaArguments): Promise<void> {
  const options = optionsOf(args);
  const { startReplica } = await import("../../replica/replica.js");
  // Installed before the start, so that even an early Ctrl-C ends cleanly.
  const stopped = stopSignal();
  const replica = await startReplica(options);
  try {
    const caFile = await writeCa(replica.ca, args["ca-file"]);
    try {
      process.stdout.write(args.json ? readyJson(replica, caFile.path) : readyText(replica, caFile.path));
      await stopped;
      process.stderr.write(`${JSON.stringify(await replica.stats())}\n`);
    } finally {
      caFile.remove();
    }
  } finally {
    await replica.close();
  }
}

function optionsOf(args: ReplicaArguments): ReplicaOptions {
  return {
    history: historyOf(args),
    port: args.port,
    rttMs: args.rtt,
    faults: {
      status500: args["fault-500"],
      status503: args["fault-503"],
      reset: args["fault-reset"],
      hang: args["fault-hang"],
      seed: args.seed,
    },
  };
}

function historyOf({ spans, seed, symbols, through, days }: ReplicaArguments): HistorySource {
  if (spans !== undefined) return { type: "spans", file: spans };
  const end = through === undefined ? untilNow() : { through: dayOf(through) };
  return {
    type: "synthetic",
    ...end,
    seed,
    ...(symbols !== undefined && { symbols }),
    ...(days !== undefined && { from: end.through - days + 1 }),
  };
}

/** Resolves on the first SIGINT or SIGTERM; a second one ends the process immediately, as usual. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}

/** Writes the CA to the given file, or to a temporary one that `remove` deletes. */
async function writeCa(ca: string, given: string | undefined): Promise<{ path: string; remove: () => void }> {
  if (given !== undefined) {
    await writeCaFile(given, ca);
    return { path: given, remove: () => undefined };
  }
  const folder = makeTemporaryFolder(tmpdir());
  const path = join(folder.path, "ca.pem");
  await writeFile(path, ca, { flag: "wx" });
  return {
    path,
    remove: () => {
      folder.remove();
    },
  };
}

async function writeCaFile(given: string, ca: string): Promise<void> {
  const destination = fileDestination("ca-file", given);
  try {
    await writePieces([ca], destination);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`--ca-file: ${error.message}`, { cause: error });
  }
}

function readyJson({ url, listUrl, contractsUrl, symbols, files }: Replica, caFile: string): string {
  return `${JSON.stringify({ url, listUrl, contractsUrl, caFile, symbols, files, pid: process.pid })}\n`;
}

function readyText({ url, listUrl, contractsUrl, symbols, files }: Replica, caFile: string): string {
  return [
    `Embedded Vision: ${plural(symbols, "symbol")}, ${plural(files, "file")}`,
    `  objects   ${url}`,
    `  lists     ${listUrl}`,
    `  contracts ${contractsUrl}`,
    `  counts    ${url}/-/stats`,
    `  CA file   ${caFile}`,
    "",
    "Try, in another shell:",
    `  bfa update --db replica.duckdb --endpoint ${url} --list-endpoint ${listUrl} --ca ${caFile}`,
    `  bfa contracts --db replica.duckdb --url ${contractsUrl} --ca ${caFile}`,
    "",
    "Ctrl-C stops it.",
    "",
  ].join("\n");
}
