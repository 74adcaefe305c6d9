import { dayAt, formatDay, type Day } from "../../src/calendar/day.js";
import { NAMES } from "./commands.js";
import type { Violation } from "./invariants.js";
import { judgeMarket } from "./judge-market.js";
import { Conditions } from "./oracle/condition.js";
import { isDelivery, knownSymbols, quoteOf, type Knowledge } from "./oracle/knowledge.js";
import { ageOn, FIRST_DAY } from "./oracle/lives.js";
import type { Answers, Question } from "./product.js";

/**
 * Queries all complete days, and compares conditions, ages, listings and delistings with the oracle's.
 *
 * @param listed symbols listed at the start of the sequence
 */
export async function judgeAnswers(
  answers: Answers,
  knowledge: Knowledge,
  listed: number,
  now: number,
): Promise<Violation[]> {
  try {
    const questions: Question[] = [{}, { quote: "USDC" }, { symbols: NAMES.slice(0, listed).slice(-2) }];
    const violations: Violation[] = [];
    const conditions = new Conditions(knowledge, now);
    for (const question of questions)
      violations.push(...(await judgeConditions(answers, question, knowledge, conditions, now)));
    violations.push(...(await judgeAges(answers, knowledge, now)));
    const events = await answers.events();
    if (events !== undefined) violations.push(...judgeMarket(events, knowledge, now));
    return violations;
  } finally {
    await answers.close();
  }
}

async function judgeConditions(
  answers: Answers,
  question: Question,
  knowledge: Knowledge,
  conditions: Conditions,
  now: number,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  const symbols = knownSymbols(knowledge).filter((symbol) => admits(question, symbol));
  const to = dayAt(now) - 1;
  const answered = await answers.conditions(question, FIRST_DAY, to);
  for (let day = FIRST_DAY; day <= to; day++) {
    const right = conditions.of(symbols, day);
    const condition = answered.get(day) ?? "unwritten";
    if (right.has(condition)) continue;
    const message = `${formatDay(day)} for ${JSON.stringify(question)} is ${condition}, not ${[...right].join(" or ")}`;
    violations.push({ rule: "conditions are the oracle's", message });
  }
  return violations;
}

async function judgeAges(answers: Answers, knowledge: Knowledge, now: number): Promise<Violation[]> {
  const violations: Violation[] = [];
  const yesterday = dayAt(now) - 1;
  for (const day of agedDays(yesterday)) {
    const answered = await answers.ages(day);
    if (answered === undefined) continue;
    for (const symbol of knownSymbols(knowledge)) {
      const right = ageOn(knowledge, symbol, day, now);
      const age = answered.get(symbol);
      // A ticker's names are folded on a day, so another name of the ticker can replace a symbol.
      if (age === undefined || (right?.days === age.days && right.exact === age.exact)) continue;
      const message = `${symbol} on ${formatDay(day)}: ${JSON.stringify(age)}, not ${JSON.stringify(right)}`;
      violations.push({ rule: "ages are the oracle's", message });
    }
  }
  return violations;
}

/** Days whose ages are queried: near the end, and some in the past. */
function agedDays(yesterday: Day): Day[] {
  return [yesterday, yesterday - 7, yesterday - 40].filter((day) => day >= FIRST_DAY);
}

function admits({ quote, symbols }: Question, symbol: string): boolean {
  if (isDelivery(symbol) || (symbols !== undefined && !symbols.includes(symbol))) return false;
  return quote === undefined || quoteOf(symbol) === quote;
}
