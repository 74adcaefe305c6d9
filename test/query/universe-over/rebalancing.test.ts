import fc from "fast-check";
import { expect, it } from "vitest";
import { DAY_MS, dayOf } from "../../../src/calendar/day.js";
import { rebalancingDays, REBALANCINGS, type Rebalancing } from "../../../src/query/universe-over/rebalancing.js";

/** Whether the calendar has a rebalancing day at midnight UTC. */
const IN_CALENDAR: Readonly<Record<Rebalancing, (midnight: Date) => boolean>> = {
  daily: () => true,
  weekly: (midnight) => midnight.getUTCDay() === 1,
  monthly: (midnight) => midnight.getUTCDate() === 1,
  quarterly: (midnight) => midnight.getUTCDate() === 1 && midnight.getUTCMonth() % 3 === 0,
};

it.each(REBALANCINGS)("%s days are those of the calendar, with both ends of the span", (rebalancing) => {
  const first = dayOf("2019-09-01");
  const isWanted = IN_CALENDAR[rebalancing];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 400 }), (offset, length) => {
      const from = first + offset;
      const days = Array.from({ length: length + 1 }, (_, at) => from + at);
      expect(rebalancingDays({ from, to: from + length }, rebalancing)).toEqual(
        days.filter((day) => isWanted(new Date(day * DAY_MS))),
      );
    }),
  );
});
