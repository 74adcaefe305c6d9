import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandModule } from "yargs";
import { UsageError } from "../errors.js";
import { dayAt, parseDay, type Day } from "../vision/day.js";
import type { HistorySource, Replica, ReplicaOptions } from "../replica/replica.js";

/** Options of `bfa replica` as yargs hands them over. */
interface ReplicaArguments {
  port: number;
  symbols: number | undefined;
  seed: number | undefined;
  days: number | undefined;
  through: string | undefined;
  spans: string | undefined;
  rtt: number;
  "fault-500": number;
  "fault-503": number;
  "fault-reset": number;
  "fault-hang": number;
  "ca-file": string | undefined;
  json: boolean;
}

/** `bfa replica`: an embedded Vision in the foreground, for trying any client on it. */
const replicaCommand: CommandModule<object, ReplicaArguments> = {
  command: "replica",
  describe: "Serve an embedded Vision on 127.0.0.1: HEAD, GET and LIST over TLS, with latency and faults",
  builder: (yargs) =>
    yargs
      .option("port", { type: "number", default: 0, describe: "Port; 0 takes any that is free" })
      .option("symbols", { type: "number", describe: "Symbols of the synthetic history [default: 327]" })
      .option("seed", { type: "number", describe: "Seed of the synthetic history and of the faults [default: 1]" })
      .option("through", { type: "string", describe: "Last day with files, YYYY-MM-DD [default: yesterday, UTC]" })
      .option("days", {
        type: "number",
        describe: "Days up to the last one that have files [default: since 2019-12-31]",
      })
      .option("spans", {
        type: "string",
        describe: "Serve a CSV of symbol,first_day,last_day,bytes_per_day instead",
        conflicts: ["symbols", "through", "days"],
      })
      .option("rtt", {
        type: "number",
        default: 0,
        describe: "Added round trip in ms for connect, handshake and answer",
      })
      .option("fault-500", { type: "number", default: 0, describe: "Share of requests, 0 to 1, answered 500" })
      .option("fault-503", { type: "number", default: 0, describe: "Share answered 503 SlowDown" })
      .option("fault-reset", { type: "number", default: 0, describe: "Share whose connection is reset" })
      .option("fault-hang", { type: "number", default: 0, describe: "Share never answered" })
      .option("ca-file", { type: "string", describe: "Where to write the CA to trust [default: a temporary file]" })
      .option("json", { type: "boolean", default: false, describe: "Print one JSON object when ready" }),
  handler: run,
};

export default replicaCommand;

async function run(args: ReplicaArguments): Promise<void> {
  const options = optionsOf(args, dayAt(Date.now()) - 1);
  const { startReplica } = await import("../replica/replica.js");
  // Listened for before the start, so that an early Ctrl-C ends things in order too.
  const stopped = stopSignal();
  const replica = await startReplica(options);
  try {
    const caFile = await writeCa(replica.ca, args["ca-file"]);
    try {
      process.stdout.write(args.json ? readyJson(replica, caFile.path) : readyText(replica, caFile.path));
      await stopped;
      process.stderr.write(`${JSON.stringify(await replica.stats())}\n`);
    } finally {
      await caFile.remove();
    }
  } finally {
    await replica.close();
  }
}

function optionsOf(args: ReplicaArguments, yesterday: Day): ReplicaOptions {
  const whole = (name: string, value: number | undefined, least: number, most: number): void => {
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) {
      throw new UsageError(`--${name}: give a whole number from ${least} to ${most}`);
    }
  };
  whole("port", args.port, 0, 65_535);
  whole("seed", args.seed, 0, 0xffff_ffff);
  whole("days", args.days, 1, 20_000);
  whole("rtt", args.rtt, 0, 60_000);
  return {
    history: historyOf(args, yesterday),
    port: args.port,
    rttMs: args.rtt,
    faults: {
      status500: args["fault-500"],
      status503: args["fault-503"],
      reset: args["fault-reset"],
      hang: args["fault-hang"],
      ...(args.seed !== undefined && { seed: args.seed }),
    },
  };
}

function historyOf(args: ReplicaArguments, yesterday: Day): HistorySource {
  if (args.spans !== undefined) return { type: "spans", file: args.spans };
  const through = args.through === undefined ? yesterday : parseDay(args.through);
  if (through === undefined || through > yesterday) {
    throw new UsageError(`--through: '${args.through ?? ""}' is no past date YYYY-MM-DD`);
  }
  return {
    type: "synthetic",
    through,
    ...(args.symbols !== undefined && { symbols: args.symbols }),
    ...(args.seed !== undefined && { seed: args.seed }),
    ...(args.days !== undefined && { from: through - args.days + 1 }),
  };
}

/** Settles at the first SIGINT or SIGTERM; the second one ends the process at once, as usual. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}

/** Writes the CA to the file given, or to a temporary one that is removed again. */
async function writeCa(ca: string, given: string | undefined): Promise<{ path: string; remove: () => Promise<void> }> {
  if (given !== undefined) {
    try {
      await writeFile(given, ca);
    } catch (cause) {
      throw new UsageError(`--ca-file ${given}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
    return { path: given, remove: () => Promise.resolve() };
  }
  const folder = await mkdtemp(join(tmpdir(), "bfa-replica-"));
  const path = join(folder, "ca.pem");
  await writeFile(path, ca);
  return { path, remove: () => rm(folder, { recursive: true }) };
}

function readyJson({ url, listUrl, symbols, files }: Replica, caFile: string): string {
  return `${JSON.stringify({ url, listUrl, caFile, symbols, files, pid: process.pid })}\n`;
}

function readyText({ url, listUrl, symbols, files }: Replica, caFile: string): string {
  return [
    `Embedded Vision: ${symbols} symbols, ${files} files`,
    `  objects   ${url}`,
    `  listing   ${listUrl}`,
    `  counts    ${url}/-/stats`,
    `  CA file   ${caFile}`,
    "",
    "Try, in another shell:",
    `  bfa update --endpoint ${url} --list-endpoint ${listUrl} --ca ${caFile}`,
    "",
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}
