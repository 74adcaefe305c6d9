import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dayOf } from "../src/calendar/day.js";
import { startReplica } from "../src/replica/replica.js";
import { backfill } from "../src/run/backfill.js";
import { terminalSvg } from "./terminal-svg.js";

/** The built command, relative to `dist/docs/`. */
const COMMAND = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));

/** A made-up bucket that is always the same. */
const FROM = "2021-05-01";
const TO = "2022-07-31";
const HISTORY = { type: "synthetic", from: dayOf(FROM), through: dayOf(TO), symbols: 160, seed: 7 } as const;

const COLUMNS = 96;

/** The commands that the picture shows, each with the maximum number of lines of its output. */
const SHOWN: readonly { args: readonly string[]; lines: number }[] = [
  { args: ["query", "delistings", "2021-09-01", "2022-07-31"], lines: 6 },
  { args: ["query", "timeline", "NAGEUSDT"], lines: 6 },
  { args: ["query", "universe", "2022-02-01", "--min-age", "90"], lines: 9 },
];

/** The README's picture: the built command answers queries about a made-up bucket. */
export async function terminalPicture(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "bfa-terminal-"));
  const db = join(folder, "a.duckdb");
  try {
    await using replica = await startReplica({ history: HISTORY });
    const { url: endpoint, listUrl: listEndpoint, ca } = replica;
    await backfill({ db, from: FROM, to: TO, endpoint, listEndpoint, ca });
    const shown = SHOWN.map(({ args, lines }) => [`$ bfa ${args.join(" ")}`, ...cut(output(args, db), lines), ""]);
    return terminalSvg(shown.flat().slice(0, -1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The lines that a command prints, with colours. */
function output(args: readonly string[], db: string): string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args, "--format", "table", "--db", db], {
    encoding: "utf8",
    env: { ...process.env, FORCE_COLOR: "1", COLUMNS: String(COLUMNS) },
  });
  if (status !== 0) throw new Error(`bfa ${args.join(" ")}: ${stderr}`);
  return stdout.trimEnd().split("\n");
}

function cut(lines: readonly string[], limit: number): string[] {
  return lines.length <= limit ? [...lines] : [...lines.slice(0, limit - 1), "..."];
}
