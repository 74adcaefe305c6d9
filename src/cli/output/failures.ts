import { isRetryable } from "../../probe/retry.js";
import type { FailureKind } from "../../rows/failure.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";

/** Maximum number of failures shown per kind; the rest are counted. `--json` has them all. */
const FAILURES_SHOWN = 5;

/** The part that all failures have in common. */
interface AnyFailure {
  kind: FailureKind;
  code: string;
  message: string;
}

/** The end of a message about failures: how often those that may pass were retried. Others never are. */
export function despiteRetries(failures: readonly AnyFailure[], retries: number): string {
  const transient = failures.filter(isRetryable).length;
  if (transient === 0) return "";
  if (retries === 0) return "; --retries repeats transient failures";
  return `${transient < failures.length ? ", some of them" : ""} despite ${plural(retries, "retry", "retries")}`;
}

/** Failures in lines, grouped by kind and code, the most frequent first; `lineOf` names what failed. */
export function failureLines<F extends AnyFailure>(failures: readonly F[], lineOf: (failure: F) => string): string[] {
  const groups = new Map<string, F[]>();
  for (const failure of failures) {
    const name = `${failure.kind} ${failure.code}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [failure]);
    else group.push(failure);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .flatMap(([name, group]) => [
      `  ${number(group.length)} failed: ${name}: ${printable(group[0]?.message ?? "")}`,
      ...group.slice(0, FAILURES_SHOWN).map((failure) => `    ${lineOf(failure)}`),
      ...(group.length > FAILURES_SHOWN
        ? [`    and ${number(group.length - FAILURES_SHOWN)} more (--json shows all)`]
        : []),
    ]);
}
