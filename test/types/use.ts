/**
 * A user's program, compiled and never run: by this project's compiler as part of `npm run types`, and with the packed
 * package by test/package. Each `@ts-expect-error` is a mistake that the types catch.
 */
import {
  BfaError,
  NotKnownError,
  RunFailedError,
  StoreError,
  UsageError,
  backfill,
  discover,
  importFile,
  openAvailability,
  planBackfill,
  sweep,
  update,
  type Availability,
  type Discovery,
  type ImportSummary,
  type QueryAnswer,
  type QueryArguments,
  type Run,
  type RunEvent,
  type RunPlan,
  type RunSummary,
  type SqlRow,
  type StatusAnswer,
  type StoreErrorCode,
  type ValidationAnswer,
} from "binance-futures-availability";
import { startReplica, type Replica } from "binance-futures-availability/replica";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when both types are the same. */
declare function same<A, B>(isSame: Same<A, B>): void;

export async function runs(): Promise<void> {
  const db = "a.duckdb";
  const run = update({ db, date: "2024-03-01", quote: undefined, signal: undefined, symbols: ["BTCUSDT"] });
  same<typeof run, Run<RunSummary>>(true);
  for await (const event of run) {
    same<typeof event, RunEvent>(true);
    if (event.type === "failure") same<typeof event.cause, string | null>(true);
    if (event.type === "done") same<typeof event.outcome, RunSummary["outcome"]>(true);
    // @ts-expect-error a progress has no outcome
    if (event.type === "progress") event.outcome;
  }
  same<RunSummary, Awaited<typeof run>>(true);
  await backfill({ db, from: new Date(0), to: "2024-03-01", reject: false, onEvent: (event) => event.type });
  const plan: RunPlan = await planBackfill({ db });
  const discovery: Discovery = await discover({ db });
  const imported: ImportSummary = await importFile({ db, file: "seed.duckdb" });
  await sweep({ db, maxFailureRate: 0.1 });
  void [plan.steps[0]?.unit, discovery.added, imported.refused_by.no_size];

  // @ts-expect-error the file must be named
  await update({});
  // @ts-expect-error no such option
  await update({ db, minAge: 90 });
  // @ts-expect-error a number is not a date
  await update({ db, date: 20240301 });
  // @ts-expect-error a sweep is of all symbols
  await sweep({ db, symbols: ["BTCUSDT"] });
  // @ts-expect-error no such source
  await update({ db, source: "GET" });
}

export async function questions(): Promise<void> {
  await using db: Availability = await openAvailability("a.duckdb");
  const snapshot = await db.snapshot({ date: new Date(0), quote: undefined, allowPartial: 3 });
  same<typeof snapshot, QueryAnswer<"snapshot">>(true);
  same<(typeof snapshot.rows)[number]["file_size_bytes"], number>(true);
  same<typeof snapshot.flat_count, number>(true);
  const timeline = await db.timeline({ symbol: "BTCUSDT" });
  same<typeof timeline.first_date, string | null>(true);
  const given: QueryArguments<"universe"> = { date: "2024-03-01", minAge: 90 };
  const { rows } = await db.universe(given);
  same<(typeof rows)[number]["age_days"], number>(true);
  await db.counts();
  const answer = await db.sql({ statement: "SELECT 1" });
  same<(typeof answer.rows)[number], SqlRow>(true);
  for await (const row of db.stream({ statement: "SELECT 1" })) same<typeof row, SqlRow>(true);
  const status: StatusAnswer = await db.status();
  const validation: ValidationAnswer = await db.validate({ checks: ["holes"], share: undefined });
  const reasons: string[] = await db.staleness({ maxAgeMs: 3_600_000 });
  const { bytes } = await db.export({ format: "csv", out: "a.csv" });
  void [status.runs[0]?.run_id, validation.findings[0]?.symbols, reasons, bytes];

  // @ts-expect-error the date is required
  await db.snapshot();
  // @ts-expect-error no such argument
  await db.snapshot({ date: "2024-03-01", minAge: 90 });
  // @ts-expect-error an object is wanted
  await db.snapshot("2024-03-01");
  // @ts-expect-error no such check
  await db.validate({ checks: ["hole"] });
  // @ts-expect-error no such format
  await db.export({ format: "json", out: "a.json" });
}

export function errors(error: unknown): string | undefined {
  if (error instanceof UsageError) {
    same<typeof error.code, "USAGE">(true);
    return error.option;
  }
  if (error instanceof StoreError) same<typeof error.code, StoreErrorCode>(true);
  if (error instanceof NotKnownError) same<typeof error.condition, "partial" | "unpublished" | "unwritten">(true);
  if (error instanceof RunFailedError) {
    same<typeof error.code, "RUN_FAILED">(true);
    return error.summary.failures[0]?.code;
  }
  return error instanceof BfaError ? error.code : undefined;
}

export async function replicas(): Promise<void> {
  await using replica: Replica = await startReplica({
    history: { type: "synthetic", to: "2024-03-01", symbols: 12 },
    faults: { status503: 0.1 },
  });
  const { requests } = await replica.stats();
  same<typeof requests.head, number>(true);
  // @ts-expect-error no such history
  await startReplica({ history: { type: "real" } });
}
