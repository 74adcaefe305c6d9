/**
 * Preloaded into a command (`node --require`) to give all of its threads another clock. BFA_CLOCK is `<start> <speed>`:
 * the time at which the process begins (ISO 8601) and how fast the clock runs; below 0 it runs backwards.
 */
const [start, speed] = (process.env["BFA_CLOCK"] ?? "").split(" ");
const RealDate = globalThis.Date;
const began = RealDate.now();
const now = () => Math.round(RealDate.parse(start) + (RealDate.now() - began) * Number(speed));

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(now());
    else super(...args);
  }

  static now() {
    return now();
  }
};
