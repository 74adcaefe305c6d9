import type { Sequence } from "./commands.js";
import type { Failure } from "./run-sequence.js";

/**
 * Shortens a failing sequence by removing ever smaller groups of commands, as long as the same invariant breaks.
 *
 * @param run runs a sequence
 * @param limit maximum number of runs
 */
export async function shrink(
  sequence: Sequence,
  failure: Failure,
  run: (sequence: Sequence) => Promise<Failure | undefined>,
  limit = 40,
): Promise<{ sequence: Sequence; failure: Failure }> {
  const rule = failure.violations[0]?.rule;
  let best = { sequence: { ...sequence, commands: sequence.commands.slice(0, failure.step + 1) }, failure };
  let runs = 0;
  const attempt = async (candidate: Sequence): Promise<boolean> => {
    if (runs++ >= limit) return false;
    const found = await run(candidate);
    if (found?.violations[0]?.rule !== rule || found === undefined) return false;
    best = { sequence: { ...candidate, commands: candidate.commands.slice(0, found.step + 1) }, failure: found };
    return true;
  };
  for (
    let size = Math.ceil(best.sequence.commands.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let start = 0; start < best.sequence.commands.length - 1;) {
      const { commands } = best.sequence;
      // The last command is the one that shows it.
      const left = [...commands.slice(0, start), ...commands.slice(Math.min(start + size, commands.length - 1))];
      if (!(await attempt({ ...best.sequence, commands: left }))) start += size;
    }
  }
  if (best.sequence.symbols > 2) await attempt({ ...best.sequence, symbols: 2 });
  if (best.sequence.days > 5) await attempt({ ...best.sequence, days: 5 });
  return best;
}
