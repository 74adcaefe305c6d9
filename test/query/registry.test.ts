import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import { commandLine } from "../../src/cli/args/query-arguments.js";
import { openAvailability } from "../../src/open-availability.js";
import { backfill } from "../../src/run/backfill.js";
import { contracts } from "../../src/run/contracts.js";
import { QUERIES, QUERY_NAMES, type AnyQuery } from "../../src/query/registry.js";
import { leftOutLines } from "../../src/query/left-out.js";
import { openStore } from "../../src/store/open.js";
import { storedSymbols } from "../../src/store/stored-symbols.js";
import { startReplicaThread } from "../../src/threads/replica-thread.js";
import { sharedCertificate } from "../support/certificate.js";
import { runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";
import { writeVolumes } from "../support/volumes.js";

/** Facts of an answer in the traded sense. */
const ALL_TRADED = "bfa: traded: all symbols with a file had trades\n";

const root = fileURLToPath(new URL("../..", import.meta.url));

let folder: ReturnType<typeof temporaryFolder>;
let db: string;
let dbWithVolumes: string;

/** Queries without an answer as long as no volumes are known. */
const NEED_VOLUMES: readonly string[] = ["volume", "top", "market"];

beforeAll(async () => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
  const history = { type: "synthetic", through: dayOf("2024-04-05"), symbols: 20 } as const;
  const replica = await startReplicaThread({ certificate: await sharedCertificate(), history });
  try {
    const endpoints = { endpoint: replica.url, listEndpoint: replica.listUrl, ca: replica.ca };
    const { outcome } = await backfill({ db, ...endpoints, source: "list", from: "2023-11-01", to: "2024-04-05" });
    expect(outcome).toBe("whole");
    await contracts({ db, url: replica.contractsUrl, ca: replica.ca });
    dbWithVolumes = join(folder.path, "volumes.duckdb");
    copyFileSync(db, dbWithVolumes);
    const store = await openStore(dbWithVolumes);
    const from = dayOf("2023-11-01");
    const bars = Array.from({ length: dayOf("2024-04-05") - from + 1 }, (_, day) => 1_000 + day);
    await writeVolumes(
      store,
      (await storedSymbols(store)).map((symbol) => ({ symbol, from, bars })),
    );
    await store.close();
  } finally {
    await replica.close();
  }
});
afterAll(() => {
  folder.remove();
});

describe.each(QUERY_NAMES)("query %s", (name) => {
  it("answers each of its examples according to the documented schema", async () => {
    const query: AnyQuery = (await QUERIES[name]()).default;
    expect(query.name).toBe(name);
    expect(query.examples.length).toBeGreaterThan(0);
    const schema = JSON.parse(readFileSync(join(root, `docs/schemas/query-${name}.json`), "utf8")) as object;
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
    const file = NEED_VOLUMES.includes(name) ? dbWithVolumes : db;
    await using availability = await openAvailability(file);
    const ask = availability[name] as (args: object) => Promise<object>;
    for (const { args } of query.examples) {
      const line = commandLine(query, args);
      const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));
      const { code, stdout, stderr } = await runCli([...words.slice(1), "--db", file, "--json"]);
      const printed = JSON.parse(stdout) as object;
      const leftOut = leftOutLines(printed).map((said) => `bfa: ${said}\n`);
      const told = name === "top" ? ALL_TRADED : leftOut.join("");
      expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: told });
      expect(validate(printed), JSON.stringify(validate.errors)).toBe(true);
      expect(await ask(args)).toMatchObject(printed);
    }
  });
});

it("the generated docs match the definitions", () => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, "dist/docs/generate.js"), "--check"], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
