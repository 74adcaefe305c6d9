import type { Day } from "../../src/calendar/day.js";
import type { FaultCommand } from "./commands.js";
import type { Fault } from "./living-bucket.js";
import type { Probe } from "./probes.js";
import { mixed } from "./random.js";
import { nameOf, type World } from "./world.js";

/** Server faults during one run. Which requests fail depends on what they request, not on their order. */
export class Faults {
  private readonly armed: FaultCommand[] = [];
  private readonly attempts = new Map<string, number>();
  private readonly done = new Set<FaultCommand>();

  /** Whether the bucket changed during the run. */
  get changed(): boolean {
    return this.done.size > 0;
  }

  /** Adds a fault for the next run. */
  arm(command: FaultCommand): void {
    this.armed.push(command);
  }

  /** The fault for a request, if any. */
  of({ method, symbol, day }: { method: "HEAD" | "GET"; symbol: string; day: Day }): Fault | undefined {
    const request = `${method} ${symbol} ${day}`;
    const attempt = (this.attempts.get(request) ?? 0) + 1;
    this.attempts.set(request, attempt);
    for (const fault of this.armed) {
      switch (fault.do) {
        case "fail-symbol":
          if (symbol === nameOf(fault.symbol) && attempt <= fault.attempts) return fault.with;
          break;
        case "fail-share":
          if (mixed(fault.seed, request, attempt) % 100 < fault.percent) return fault.with;
          break;
        case "fail-folders":
          if (symbol === "") return fault.with;
          break;
        case "change-within":
          break;
      }
    }
    return undefined;
  }

  /** Changes the bucket after the first answer about a symbol. */
  changeAfter(probe: Probe, world: World): void {
    for (const fault of this.armed) {
      if (fault.do !== "change-within" || this.done.has(fault)) continue;
      if (probe.type === "folders" || probe.symbol !== nameOf(fault.symbol)) continue;
      this.done.add(fault);
      const day = world.yesterday - fault.age;
      if (fault.what === "replace") world.replace(probe.symbol, day, "time");
      else if (fault.what === "remove") world.remove(probe.symbol, day);
      else world.add(probe.symbol, day);
    }
  }
}
