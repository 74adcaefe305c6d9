import { dayAt, DAY_MS, formatDay, type Day } from "../../src/calendar/day.js";
import { answersOf } from "./answers.js";
import type { MachineClock } from "./clock.js";
import { isRun, type Command, type FaultCommand, type RunCommand, type Sequence } from "./commands.js";
import { Faults } from "./faults-of-servers.js";
import { judgeCell, judgeJournal, judgeRest, judgeSoundness, judgeSweep, type Violation } from "./invariants.js";
import { judgeAnswers } from "./judge-answers.js";
import { startLivingBucket, type LivingBucket } from "./living-bucket.js";
import { Conditions } from "./oracle/condition.js";
import { dueCells, mustBeLeftOut } from "./oracle/due.js";
import { changeOf, type Change } from "./oracle/journal.js";
import { isGone, knownSymbols, learn, nothingKnown, quoteOf, type Knowledge } from "./oracle/knowledge.js";
import { FIRST_DAY } from "./oracle/lives.js";
import type { Probe } from "./probes.js";
import type { Product, RunEnd, RunRequest, Stored } from "./product.js";
import { nameOf, World } from "./world.js";

/** The violations found in a step of a sequence. */
export interface Failure {
  step: number;
  command: Command;
  violations: Violation[];
}

/** Runs a sequence on a new bucket and a new product, until a step breaks an invariant. */
export async function runSequence(
  sequence: Sequence,
  clock: MachineClock,
  product: Product,
): Promise<Failure | undefined> {
  const model = new Model(sequence, product, clock);
  try {
    await model.start();
    for (const [step, command] of sequence.commands.entries()) {
      const violations = await model.step(command);
      if (violations.length > 0) return { step, command, violations };
    }
    return undefined;
  } finally {
    await model.close();
  }
}

class Model {
  private readonly world: World;
  private readonly knowledge: Knowledge = nothingKnown();
  private faults = new Faults();
  private probes: Probe[] = [];
  private onAnswer: (() => void) | undefined;
  private bucket: LivingBucket | undefined;
  private stored: Stored | undefined;

  constructor(
    private readonly sequence: Sequence,
    private readonly product: Product,
    private readonly clock: MachineClock,
  ) {
    this.world = new World(sequence.seed, FIRST_DAY * DAY_MS + DAY_MS / 2);
  }

  async start(): Promise<void> {
    const { world } = this;
    for (let symbol = 0; symbol < this.sequence.symbols; symbol++) world.apply({ do: "list", symbol, past: 0 });
    // At ten past nine the files of the previous day are there.
    world.advance((FIRST_DAY + this.sequence.days) * DAY_MS + (9 * 60 + 10) * 60_000);
    const served = {
      filesOf: (symbol: string) => world.history.filesAt(symbol, world.time),
      fileOf: (symbol: string, day: Day) => world.history.fileAt(symbol, day, world.time),
      folders: () => world.history.foldersAt(world.time),
      faultOf: (request: { method: "HEAD" | "GET"; symbol: string; day: Day }) => this.faults.of(request),
      answered: (probe: Probe) => {
        this.probes.push(probe);
        this.faults.changeAfter(probe, world);
        this.onAnswer?.();
      },
    };
    this.bucket = await startLivingBucket(served, this.sequence.pageKeys);
    this.stored = await this.product.stored();
  }

  async close(): Promise<void> {
    await this.bucket?.close();
    await this.product.close();
  }

  async step(command: Command): Promise<Violation[]> {
    if (command.do === "wait") {
      this.world.advance(Math.max(this.world.time, this.world.time + command.hours * 3_600_000));
      return [];
    }
    if (isRun(command)) return await this.run(command);
    if (isFault(command)) this.faults.arm(command);
    else this.world.apply(command);
    return [];
  }

  private async run(command: RunCommand): Promise<Violation[]> {
    // A machine whose clock is before the bucket's first days has nothing to probe.
    const earliest = (FIRST_DAY + 2) * DAY_MS + 9 * 3_600_000;
    const now = Math.max(earliest, this.world.time + (command.skewHours ?? 0) * 3_600_000);
    const request = this.requestOf(command, now);
    this.clock.set(now);
    this.probes = [];
    const end = await this.execute(command, request, now);
    const changedWithin = this.faults.changed;
    this.faults = new Faults();
    const violations = await this.judge(command, request, end, now);
    if (
      violations.length === 0 &&
      command.do === "sweep" &&
      isWhole(end) &&
      !changedWithin &&
      now === this.world.time
    ) {
      const { history, time } = this.world;
      violations.push(...judgeSweep(this.knowledge, (symbol, day) => history.fileAt(symbol, day, time)));
    }
    if (violations.length > 0) return violations;
    const answers = await this.product.answers(now);
    return answers === undefined ? [] : await judgeAnswers(answers, this.knowledge, this.sequence.symbols, now);
  }

  private requestOf(command: RunCommand, now: number): RunRequest {
    const { only, days, lookback } = command;
    const yesterday = dayAt(now) - 1;
    const dayOfAge = (age: number): Day => Math.max(FIRST_DAY, yesterday - age);
    return {
      command: command.do,
      endpoint: this.bucket?.endpoint ?? "",
      listEndpoint: this.bucket?.listEndpoint ?? "",
      source: command.source,
      ...(only !== undefined && "symbols" in only && { symbols: only.symbols.map(nameOf) }),
      ...(only !== undefined && "quote" in only && { quote: only.quote }),
      ...(days !== undefined && { from: dayOfAge(days.from), to: dayOfAge(days.to) }),
      ...(lookback !== undefined && { lookback }),
    };
  }

  private async execute(command: RunCommand, request: RunRequest, now: number): Promise<RunEnd> {
    const { crashAfter, locked = false } = command;
    const killer = (kill: () => void) => {
      let left = crashAfter ?? Infinity;
      this.onAnswer = () => {
        if (--left === 0) kill();
      };
    };
    try {
      return await this.product.run(request, { now, locked, killer: crashAfter === undefined ? undefined : killer });
    } finally {
      this.onAnswer = undefined;
    }
  }

  /** Compares the database after a run with the run's answers, and adds the stored ones to the oracle's knowledge. */
  private async judge(command: RunCommand, request: RunRequest, end: RunEnd, now: number): Promise<Violation[]> {
    const before = this.stored ?? (await this.product.stored());
    const after = await this.product.stored();
    const answers = answersOf(this.probes, dayAt(now) - 1);
    const resting = this.restingSymbols(command, now);
    const wasFinal = this.finalDays(now);
    const listed = answers.folders;
    if (listed !== undefined && after.discoveredAt === now) this.knowledge.listings.push({ at: now, names: listed });
    const { symbols, from, to } = this.scopeOf(command, request, now);
    const isOver = end.type === "ended" && end.outcome !== "interrupted";
    const plain = command.do !== "sweep";
    const due =
      command.do === "discover"
        ? new Map<string, Day[]>()
        : dueCells(this.knowledge, { symbols, from, to, plain }, now);
    const owed = command.do === "sweep" ? this.everyCell(to, now) : due;
    const violations: Violation[] = [...judgeSoundness(after), ...judgeEnd(end)];
    const must: Change[] = [];
    const may: Change[] = [];
    let failed = false;
    const taken: (() => void)[] = [];
    for (const [symbol, days] of unionOf(this.knowledge.cells, after.cells, answers.cells, owed)) {
      const owedDays = new Set(owed.get(symbol));
      for (const day of days) {
        const previous = this.knowledge.cells.get(symbol)?.get(day);
        const answer = answers.cells.get(symbol)?.get(day);
        const name = `${symbol} ${formatDay(day)}`;
        const isOwed = owedDays.has(day);
        failed ||= isOwed && answer?.failed === true;
        const stored = after.cells.get(symbol)?.get(day);
        const verdict = judgeCell(name, previous, stored, answer, now, isOwed && isOver);
        if (verdict.violation !== undefined) violations.push(verdict.violation);
        const belief = verdict.taken;
        if (belief === undefined) continue;
        const change = changeOf(previous, belief, day, wasFinal.has(day));
        if (change !== undefined) (change.certain ? must : may).push({ kind: change.kind, symbol, day });
        taken.push(() => {
          learn(this.knowledge, symbol, day, belief);
        });
      }
    }
    violations.push(...judgeJournal(before.changes, after.changes, must, may), ...judgeRest(answers, resting));
    if (isOver && failed !== (end.outcome === "failed")) {
      const message = failed ? "cells failed and the run says whole" : "no owed cell failed and the run says failed";
      if (failed) violations.push({ rule: "a failure ends in a failed run", message });
    }
    for (const take of taken) take();
    this.rememberLooks(
      answers,
      dueCells(this.knowledge, { symbols, from: FIRST_DAY, to: dayAt(now) - 1, plain: false }, now),
      now,
    );
    if (command.do === "sweep" && isWhole(end)) this.knowledge.sweeps.push(now);
    this.stored = after;
    return violations;
  }

  /** Symbols and days of a run, with the names known after its own listing. */
  private scopeOf(command: RunCommand, request: RunRequest, now: number): { symbols: string[]; from: Day; to: Day } {
    const yesterday = dayAt(now) - 1;
    const { quote, lookback } = request;
    const symbols = request.symbols ?? knownSymbols(this.knowledge);
    const to = request.to ?? yesterday;
    const from =
      lookback !== undefined
        ? to - lookback + 1
        : command.do === "update" && request.to !== undefined
          ? to
          : request.from;
    return {
      symbols: symbols.filter((symbol) => quote === undefined || quoteOf(symbol) === quote),
      from: from ?? FIRST_DAY,
      to: Math.min(to, yesterday),
    };
  }

  /** The cells that a sweep must answer: all of all symbols. The listing answers those of folders that are gone. */
  private everyCell(to: Day, now: number): Map<string, Day[]> {
    const all = Array.from({ length: to - FIRST_DAY + 1 }, (_, i) => FIRST_DAY + i);
    return new Map(
      knownSymbols(this.knowledge).map((symbol) => {
        const own = this.knowledge.cells.get(symbol);
        return [symbol, isGone(this.knowledge, symbol, now) ? all.filter((day) => own?.has(day)) : all];
      }),
    );
  }

  private restingSymbols(command: RunCommand, now: number): string[] {
    const isPlain =
      command.do === "update" &&
      command.only === undefined &&
      command.days === undefined &&
      command.lookback === undefined;
    return isPlain ? knownSymbols(this.knowledge).filter((symbol) => mustBeLeftOut(this.knowledge, symbol, now)) : [];
  }

  private finalDays(now: number): Set<Day> {
    const conditions = new Conditions(this.knowledge, now);
    const all = knownSymbols(this.knowledge);
    const days = Array.from({ length: dayAt(now) - FIRST_DAY }, (_, i) => FIRST_DAY + i);
    return new Set(days.filter((day) => conditions.of(all, day).has("final")));
  }

  /** Remembers the symbols of which a run probed all due cells. */
  private rememberLooks(
    answers: ReturnType<typeof answersOf>,
    due: ReadonlyMap<string, readonly Day[]>,
    now: number,
  ): void {
    for (const [symbol, cells] of answers.cells) {
      const left = (due.get(symbol) ?? []).filter((day) => (cells.get(day)?.files.length ?? 0) === 0);
      if (left.length === 0) this.knowledge.looks.set(symbol, now);
    }
  }
}

function isFault(command: Command): command is FaultCommand {
  return ["fail-symbol", "fail-share", "fail-folders", "change-within"].includes(command.do);
}

function isWhole(end: RunEnd): boolean {
  return end.type === "ended" && end.outcome === "whole";
}

/** A run that the product rejects is an error of the model or a gap in the product. */
function judgeEnd(end: RunEnd): Violation[] {
  return end.type === "refused" && end.code === "NO_SWEEP"
    ? [{ rule: "the library sweeps", message: end.message }]
    : [];
}

/** All cells in any of the maps, by symbol. */
function unionOf(
  ...maps: readonly ReadonlyMap<string, Iterable<Day> | ReadonlyMap<Day, unknown>>[]
): Map<string, Set<Day>> {
  const union = new Map<string, Set<Day>>();
  for (const map of maps) {
    for (const [symbol, days] of map) {
      const all = union.get(symbol) ?? new Set<Day>();
      union.set(symbol, all);
      for (const day of days instanceof Map ? (days as ReadonlyMap<Day, unknown>).keys() : days) all.add(Number(day));
    }
  }
  return union;
}
