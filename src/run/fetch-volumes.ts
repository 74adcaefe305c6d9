import { dayAt, type Day } from "../calendar/day.js";
import type { VolumeShard } from "../rows/shard.js";
import type { VolumeKnowledge } from "../rows/volume-unit.js";
import type { StoreFacts } from "../store/writer.js";
import type { Threads } from "../threads/threads.js";
import { PROGRESS_MS } from "./defaults.js";
import { endOnSignal } from "./ending.js";
import type { Emit } from "./events.js";
import type { ProbeSettings, Settings } from "./settings.js";
import { describeVolumeFailure, volumeCounts, type VolumeFailure, type VolumesDone } from "./volumes-result.js";

/** Approximate size of the list pages of a symbol's 1d klines, bytes; determines how many symbols run concurrently. */
const LISTED_BYTES = 130_000;

/**
 * Whether a run that probes also fetches volumes: if the settings ask for it and the database has any. If they can't be
 * listed, a notice is emitted.
 */
export function wantsVolumes(
  { volumes, listEndpoint }: Pick<ProbeSettings, "volumes" | "listEndpoint">,
  { hasVolumes }: Pick<StoreFacts, "hasVolumes">,
  emit: Emit,
): boolean {
  if (!volumes || !hasVolumes) return false;
  if (listEndpoint !== undefined) return true;
  emit({ type: "notice", message: "no volumes: they need a list endpoint, and none was given with the endpoint" });
  return false;
}

/** Settings for fetching volumes. */
type FetchSettings = Pick<Settings, "now" | "signal"> & { acceptUnverified: boolean };

/**
 * Fetches the new 1d klines of symbols, as part of a run that has begun, and commits them.
 *
 * @throws StoreError, ThreadError
 */
export async function fetchVolumes(
  symbols: readonly string[],
  { now, signal, acceptUnverified }: FetchSettings,
  threads: Threads,
  emit: Emit,
): Promise<VolumesDone> {
  const { writer, counters } = threads;
  const through = dayAt(now) - 1;
  const startedAt = performance.now();
  using ending = endOnSignal(signal, () => {
    threads.windDown();
  });
  const failures: VolumeFailure[] = [];
  threads.onFailure((failed) => {
    const failure = describeVolumeFailure(failed, symbols);
    failures.push(failure);
    emit({ type: "volume-failure", ...failure });
  });
  const tell = () => {
    emit({ type: "volumes", counts: volumeCounts(counters.read()), symbol_count: symbols.length });
  };
  tell();
  const progress = setInterval(tell, PROGRESS_MS);
  try {
    const known = await writer.call("volumeKnowledge", symbols, now);
    const pool = await threads.probers();
    const fetching = pool.runShards(
      volumeShards(known, through, acceptUnverified),
      symbols,
      pool.parallelLists(LISTED_BYTES),
      () => signal?.aborted === true,
      () => undefined,
    );
    // If the file can't be written any more, there is no point in continuing.
    await Promise.race([fetching, writer.failed, ending.over]);
  } finally {
    clearInterval(progress);
  }
  const fetchMs = performance.now() - startedAt;
  const written = await Promise.race([writer.call("finishVolumes"), writer.failed]);
  tell();
  const counts = counters.read();
  // Abandoned shards have ended too, so everything requested or failed is counted. A failure without a key is a LIST's.
  const unlisted = failures.filter(({ key }) => key === null).length;
  const isCut = symbols.length === 0 || counts.symbolsAsked + unlisted < symbols.length;
  // There are no symbols if the signal was aborted before they were known.
  const interrupted = signal?.aborted === true && isCut;
  return { through, counts, written, failures, interrupted, fetchMs };
}

function* volumeShards(
  knowledge: readonly VolumeKnowledge[],
  through: Day,
  acceptUnverified: boolean,
): Generator<VolumeShard> {
  for (const [symbolIndex, known] of knowledge.entries()) {
    yield { type: "volumes", symbolIndex, through, acceptUnverified, known };
  }
}
