/**
 * Preloaded into a command (`node --require`) to break one of its threads from outside, as a defect or the system
 * would. BFA_SABOTAGE is `<thread> <how> <when>`. `when` is `<ms>ms` after the thread's start, or after n committed
 * units: `units:<n>` in a prober; in the writer `idle:<n>` or `busy:<n>`, between two DuckDB calls or during one. A
 * thread is recognized by the data that it is started with, see `workers/`.
 */
const { createHook } = require("node:async_hooks");
const { isMainThread, parentPort, workerData } = require("node:worker_threads");

const [thread, how, when] = (process.env["BFA_SABOTAGE"] ?? "").split(" ");

const { setInterval: original } = globalThis;
/** Intervals that are shortened, ms. */
const shortened = new Map();
globalThis.setInterval = (callback, ms, ...args) => original(callback, shortened.get(ms) ?? ms, ...args);
// Heartbeats and checks come ten times as often, so that a test doesn't have to wait for seconds.
if (how === "stuck") shortened.set(1000, 100);

const settings = Array.isArray(workerData) ? workerData[1] : workerData;
const own = isMainThread ? "main" : settings?.endpoint ? "prober" : "writer";
/** Number of committed units, once the thread knows where they are counted. */
let unitsWritten = () => 0;

if (own === "prober") countIn(settings.counters);
if (own === "writer") {
  // Commits after every day, not every two seconds, so that the file has rows when the run is broken.
  shortened.set(2000, 1);
  const now = globalThis.performance.now.bind(globalThis.performance);
  globalThis.performance.now = () => now() * 1000;
  const { on } = parentPort;
  parentPort.on = (name, listener) =>
    on.call(parentPort, name, (message) => {
      if (message?.method === "begin") countIn(message.args[0].counters);
      listener(message);
    });
}
if (own === thread) {
  const [state, units] = when.split(":");
  if (when.endsWith("ms")) setTimeout(sabotage, Number.parseInt(when));
  else if (state === "units") afterUnits(Number(units));
  else betweenCalls(state, Number(units));
}

async function countIn(buffer) {
  const { Counters } = await import("../../dist/src/rows/counters.js");
  const counters = new Counters(buffer);
  unitsWritten = () => counters.read().unitsWritten;
}

function afterUnits(units) {
  const timer = original(() => {
    if (unitsWritten() < units) return;
    globalThis.clearInterval(timer);
    sabotage();
  }, 1);
}

/** Native calls show up as the async resources that the binding creates for them. */
function betweenCalls(state, units) {
  let done = false;
  const underWay = new Set();
  const look = () => {
    if (done || unitsWritten() < units || (state === "busy") !== underWay.size > 0) return;
    done = true;
    sabotage();
  };
  createHook({
    init(id, type) {
      if (type !== "generic") return;
      underWay.add(id);
      setImmediate(look);
    },
    after(id) {
      if (underWay.delete(id)) setImmediate(look);
    },
  }).enable();
}

function sabotage() {
  const filled = [];
  switch (how) {
    case "throws":
      throw new TypeError("sabotage");
    case "exits":
      return process.exit(7);
    case "fills":
      for (;;) filled.push(new Array(1_000_000).fill(filled.length));
    case "stuck":
      // Hears nothing, and leaves the processor to other tests.
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    default:
      throw new Error(`no such sabotage: ${how}`);
  }
}
