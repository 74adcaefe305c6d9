import type { Check } from "./define.js";

/** The checks in the order in which they run, each loaded on first use. */
export const CHECKS = {
  continuity: async () => (await import("./continuity.js")).continuity,
  completeness: async () => (await import("./completeness.js")).completeness,
  holes: async () => (await import("./holes.js")).holes,
  counts: async () => (await import("./counts.js")).counts,
  duplicates: async () => (await import("./duplicates.js")).duplicates,
  volumes: async () => (await import("./volumes.js")).volumes,
  "cross-check": async () => (await import("./cross-check.js")).crossCheck,
} as const satisfies Record<string, () => Promise<Check>>;

/** The name of a check. */
export type CheckName = keyof typeof CHECKS;

/** The names of all checks. */
export const CHECK_NAMES = Object.keys(CHECKS) as CheckName[];
