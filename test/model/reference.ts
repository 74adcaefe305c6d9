import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { dayAt, DAY_MS, formatDay, parseDay, type Day } from "../../src/calendar/day.js";
import type { BucketFile } from "./history.js";
import type { Change } from "./oracle/journal.js";
import type { Circumstances, Product, RunEnd, RunRequest, Stored, StoredCell } from "./product.js";
import { ReferenceAnswers } from "./reference-answers.js";
import { RULES, type Rules } from "./reference-rules.js";

/** A row of the reference. */
export interface Row {
  file: BucketFile | undefined;
  probedAt: number;
}

/** Everything that the reference stores. */
export interface Kept {
  rows: Map<string, Map<Day, Row>>;
  names: Set<string>;
  /** All listings of the folders, in order. */
  listings: { at: number; names: ReadonlySet<string> }[];
  listedAt: number | undefined;
  lookedAt: Map<string, number>;
  /** Sweeps without a failure. */
  sweeps: number[];
  changes: Change[];
}

const FIRST: Day = 18_261;
const ATTEMPTS = 4;
const LIST_AGE_MS = DAY_MS;

class Killed extends Error {}

/** The answer of a request for a cell. */
type Answer = { file: BucketFile | undefined } | "failed";
type Found = ReadonlyMap<Day, Answer>;

interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One request, without retries. */
function fetchOnce(url: string, method: "GET" | "HEAD", agent: Agent): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, agent }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

/**
 * A product in memory that implements the rules in the simplest way. It shows that a product can pass the model, and,
 * with one of its {@link Rules} changed, that the model detects faults.
 */
export class ReferenceProduct implements Product {
  private readonly kept: Kept = {
    rows: new Map(),
    names: new Set(),
    listings: [],
    listedAt: undefined,
    lookedAt: new Map(),
    sweeps: [],
    changes: [],
  };
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });
  private isKilled = false;

  constructor(private readonly rules: Readonly<Rules> = RULES) {}

  async run(request: RunRequest, { now, locked, killer }: Circumstances): Promise<RunEnd> {
    if (locked) return { type: "refused", code: "STORE_LOCKED", message: "locked" };
    this.isKilled = false;
    killer?.(() => {
      this.isKilled = true;
    });
    try {
      return await this.start(request, now);
    } catch (error) {
      if (error instanceof Killed) return { type: "killed" };
      throw error;
    }
  }

  stored(): Promise<Stored> {
    const cells = new Map<string, Map<Day, StoredCell>>();
    for (const [symbol, rows] of this.kept.rows) {
      cells.set(symbol, new Map([...rows].map(([day, row]) => [day, storedCell(row)])));
    }
    const changes = [...this.kept.changes];
    return Promise.resolve({ cells, duplicates: 0, wrongCounts: [], changes, discoveredAt: this.kept.listedAt });
  }

  answers(now: number): Promise<ReferenceAnswers> {
    return Promise.resolve(new ReferenceAnswers(this.kept, this.rules, now));
  }

  close(): Promise<void> {
    this.agent.destroy();
    return Promise.resolve();
  }

  private async start(request: RunRequest, now: number): Promise<RunEnd> {
    const { kept } = this;
    const { command, symbols, quote } = request;
    const isOld = kept.listedAt === undefined || now - kept.listedAt >= LIST_AGE_MS || kept.listedAt > now;
    if (command === "discover" || command === "sweep" || isOld) {
      const isListed = await this.discover(request, now);
      if (!isListed && (command !== "update" || kept.listedAt === undefined)) {
        return { type: "refused", code: "DISCOVERY_FAILED", message: "no list" };
      }
    }
    if (command === "discover") return { type: "ended", outcome: "whole" };
    const chosen = (symbols ?? [...kept.names]).filter((name) => quote === undefined || quoteOf(name) === quote);
    const stranger = chosen.find((name) => !kept.names.has(name));
    if (stranger !== undefined) return { type: "refused", code: "USAGE", message: `${stranger} is not listed` };
    const state = new ReferenceAnswers(kept, this.rules, now);
    const finals = state.finalDays();
    let failed = false;
    for (const symbol of chosen) {
      const wanted = this.wanted(request, state, symbol, now);
      if (wanted.length === 0) continue;
      const found = await this.ask(request, symbol, wanted);
      for (const day of wanted) {
        const answer = found.get(day);
        if (answer === "failed" && this.rules.failuresAreGaps) failed = true;
        else if (answer !== undefined) {
          this.write(symbol, day, { file: answer === "failed" ? undefined : answer.file, probedAt: now }, finals);
        }
      }
      const due = state.dueDays(symbol, FIRST, dayAt(now) - 1);
      if (due.every((day) => found.has(day) && found.get(day) !== "failed")) kept.lookedAt.set(symbol, now);
    }
    if (command === "sweep" && !failed) kept.sweeps.push(now);
    return { type: "ended", outcome: failed ? "failed" : "whole" };
  }

  /** The days of a symbol that a run probes. */
  private wanted(request: RunRequest, state: ReferenceAnswers, symbol: string, now: number): Day[] {
    const yesterday = dayAt(now) - 1;
    const to = Math.min(request.to ?? yesterday, yesterday);
    const from =
      request.lookback === undefined ? (request.from ?? FIRST) : (request.to ?? yesterday) - request.lookback + 1;
    const first = Math.max(FIRST, request.command === "update" && request.to !== undefined ? to : from);
    if (request.command === "sweep" && this.rules.sweepsAll) {
      return Array.from({ length: Math.max(0, to - first + 1) }, (_, i) => first + i);
    }
    if (request.symbols === undefined && request.command === "update" && state.isResting(symbol)) return [];
    return state.dueDays(symbol, first, to);
  }

  private async ask(request: RunRequest, symbol: string, wanted: readonly Day[]): Promise<Found> {
    const isByHead = request.source === "head" || (request.source === "auto" && wanted.length <= 2);
    if (!isByHead || request.command === "sweep") return await this.askByList(request, symbol, wanted);
    const answers = await Promise.all(wanted.map((day) => this.askByHead(request, symbol, day)));
    return new Map(wanted.map((day, index) => [day, answers[index] ?? "failed"]));
  }

  private async askByHead({ endpoint }: RunRequest, symbol: string, day: Day): Promise<Answer> {
    const name = encodeURIComponent(symbol);
    const path = `/data/futures/um/daily/klines/${name}/1m/${name}-1m-${formatDay(day)}.zip`;
    const response = await this.fetch(`${endpoint}${path}`, "HEAD");
    if (response?.status === 404) return { file: undefined };
    if (response?.status !== 200) return "failed";
    const { headers } = response;
    const modified = Date.parse(headers["last-modified"] ?? "");
    const etag = (headers.etag ?? "").replaceAll('"', "");
    return { file: { size: Number(headers["content-length"]), modified, etag } };
  }

  private async askByList(request: RunRequest, symbol: string, wanted: readonly Day[]): Promise<Found> {
    const stem = `data/futures/um/daily/klines/${symbol}/1m/${symbol}-1m-`;
    const files = new Map<Day, BucketFile>();
    let after = `${stem}${formatDay(wanted[0] ?? FIRST)}`;
    let reached = Infinity;
    for (;;) {
      const query = new URLSearchParams({
        "list-type": "2",
        prefix: stem.slice(0, stem.lastIndexOf("/") + 1),
        "start-after": after,
      });
      const page = await this.fetch(`${request.listEndpoint}?${query.toString()}`, "GET");
      if (page?.status !== 200) {
        reached = this.rules.wholeLists ? -Infinity : (parseDay(after.slice(stem.length, stem.length + 10)) ?? 0);
        break;
      }
      const xml = page.body;
      for (const [, key = "", time = "", etag = "", size = ""] of xml.matchAll(CONTENTS)) {
        const day = parseDay(key.slice(stem.length, stem.length + 10));
        if (key.endsWith(".zip") && day !== undefined) {
          files.set(day, { size: Number(size), modified: Date.parse(time), etag });
        }
        after = key;
      }
      if (xml.includes("<IsTruncated>false")) break;
    }
    return new Map(wanted.map((day) => [day, day <= reached ? { file: files.get(day) } : "failed"]));
  }

  private async discover(request: RunRequest, now: number): Promise<boolean> {
    const prefix = "data/futures/um/daily/klines/";
    const names = new Set<string>();
    let after = "";
    for (;;) {
      const query = new URLSearchParams({ "list-type": "2", prefix, delimiter: "/", "start-after": after });
      const page = await this.fetch(`${request.listEndpoint}?${query.toString()}`, "GET");
      if (page?.status !== 200) return false;
      const xml = page.body;
      for (const [, group = ""] of xml.matchAll(/<CommonPrefixes><Prefix>([^<]*)</g)) {
        names.add(group.slice(prefix.length, -1));
        after = group;
      }
      if (xml.includes("<IsTruncated>false")) break;
    }
    const { kept } = this;
    for (const name of names) kept.names.add(name);
    kept.listings.push({ at: now, names });
    kept.listedAt = now;
    return true;
  }

  /** Sends a request with as many retries as the product. */
  private async fetch(url: string, method: "GET" | "HEAD"): Promise<HttpAnswer | undefined> {
    for (let attempt = 1; ; attempt++) {
      const answer = await fetchOnce(url, method, this.agent).catch(() => undefined);
      if (this.isKilled) throw new Killed();
      const mayPass = answer === undefined || answer.status >= 500;
      if (!mayPass || attempt === ATTEMPTS) return answer;
    }
  }

  private write(symbol: string, day: Day, row: Row, finals: ReadonlySet<Day>): void {
    const rows = this.kept.rows.get(symbol) ?? new Map<Day, Row>();
    this.kept.rows.set(symbol, rows);
    const old = rows.get(day);
    rows.set(day, row);
    const kind = this.changeOf(old, row, day, finals);
    if (kind !== undefined) this.kept.changes.push({ kind, symbol, day });
  }

  private changeOf(old: Row | undefined, row: Row, day: Day, finals: ReadonlySet<Day>): Change["kind"] | undefined {
    if (old === undefined) return undefined;
    if (old.file === undefined) {
      if (row.file === undefined) return undefined;
      return old.probedAt >= (day + this.rules.lateDays) * DAY_MS || finals.has(day) ? "late" : undefined;
    }
    if (row.file === undefined) return "removed";
    const sameTag = !this.rules.etags || old.file.etag === row.file.etag;
    return old.file.size === row.file.size && old.file.modified === row.file.modified && sameTag
      ? undefined
      : "replaced";
  }
}

const CONTENTS =
  /<Contents><Key>([^<]*)<\/Key><LastModified>([^<]*)<\/LastModified><ETag>&quot;(\w*)&quot;<\/ETag><Size>(\d+)/g;

/** Quote asset of a name, settled or not. */
export function quoteOf(name: string): string {
  return name.includes("USDC") ? "USDC" : "USDT";
}

function storedCell({ file, probedAt }: Row): StoredCell {
  return {
    available: file !== undefined,
    size: file?.size,
    modified: file?.modified,
    etag: file?.etag.slice(0, 16),
    probedAt,
  };
}
