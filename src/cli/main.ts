#!/usr/bin/env node
/** Entry of the `bfa` command. */
import { COMMAND_DEFAULTS } from "../run/defaults.js";
import { endEarlyWriter, startWriterEarly } from "../threads/writer-thread.js";
import { addressSpaceShortage } from "./address-space.js";

/** Commands that start threads or connect without probing. */
const OTHER_NETWORKED = ["contracts", "pull", "replica", "demo", "bench"];

if (process.platform === "win32") {
  process.stderr.write("bfa: Windows is not supported; it runs in WSL 2, and on Linux and macOS\n");
  process.exit(2);
}
const args = process.argv.slice(2);
const probes = Object.hasOwn(COMMAND_DEFAULTS, args[0] ?? "");
const isHelp = args.includes("--help") || args.includes("-h");
const shortage = !isHelp && (probes || OTHER_NETWORKED.includes(args[0] ?? "")) ? addressSpaceShortage() : undefined;
if (shortage !== undefined) {
  process.stderr.write(`bfa: ${shortage}\n`);
  process.exit(1);
}
// The writer thread loads DuckDB while this one loads the argument parser, so the parser isn't imported above.
if (probes && !isHelp) startWriterEarly();
const { runCommandLine } = await import("./command-line.js");
await runCommandLine(args);
await endEarlyWriter();
