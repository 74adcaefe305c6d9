/**
 * Preloaded into a command (`node --require`) to break one of its threads from outside, as a defect or the system would:
 * BFA_SABOTAGE is `<thread> <how> <after ms>`. A thread is known by what it is started with, see `workers/`.
 */
const { isMainThread, workerData } = require("node:worker_threads");

const [thread, how, afterMs] = (process.env["BFA_SABOTAGE"] ?? "").split(" ");

if (how === "stuck") {
  // Beats and looks ten times as often, so that a test needn't wait for so many seconds.
  const { setInterval: original } = globalThis;
  globalThis.setInterval = (callback, ms, ...args) => original(callback, ms === 1000 ? 100 : ms, ...args);
}

const settings = Array.isArray(workerData) ? workerData[1] : workerData;
const own = isMainThread ? "main" : settings?.beats === undefined ? "other" : settings.endpoint ? "prober" : "writer";
if (own === thread) setTimeout(sabotage, Number(afterMs));

function sabotage() {
  const filled = [];
  switch (how) {
    case "throws":
      throw new TypeError("sabotage");
    case "exits":
      return process.exit(7);
    case "fills":
      for (;;) filled.push(new Array(10_000).fill(filled.length));
    case "stuck":
      for (;;);
    default:
      throw new Error(`no such sabotage: ${how}`);
  }
}
