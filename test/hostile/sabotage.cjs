/**
 * Preloaded into a command (`node --require`) to break one of its threads from outside, as a defect or the system would:
 * BFA_SABOTAGE is `<thread> <how> <when>`, and when is `<ms>ms` after the thread's start; `cells:<n>`, when the probers
 * have n cells; or `idle:<n>` or `busy:<n>`: between two calls of DuckDB or during one, when n of them were made. A thread
 * is known by what it is started with, see `workers/`.
 */
const { createHook } = require("node:async_hooks");
const { isMainThread, workerData } = require("node:worker_threads");

const [thread, how, when] = (process.env["BFA_SABOTAGE"] ?? "").split(" ");

if (how === "stuck") {
  // Beats and looks ten times as often, so that a test needn't wait for so many seconds.
  const { setInterval: original } = globalThis;
  globalThis.setInterval = (callback, ms, ...args) => original(callback, ms === 1000 ? 100 : ms, ...args);
}

const settings = Array.isArray(workerData) ? workerData[1] : workerData;
const own = isMainThread ? "main" : settings?.endpoint ? "prober" : "writer";
if (own === thread) {
  const [state, number] = when.split(":");
  if (when.endsWith("ms")) setTimeout(sabotage, Number.parseInt(when));
  else if (state === "cells") afterCells(Number(number));
  else afterCalls(state, Number(number));
}

async function afterCells(cells) {
  const { Counters } = await import("../../dist/src/rows/counters.js");
  const counters = new Counters(settings.counters);
  const timer = globalThis.setInterval(() => {
    if (counters.read().cells < cells) return;
    globalThis.clearInterval(timer);
    sabotage();
  }, 1);
}

/** Native calls are seen as the async resources that the binding makes for them. */
function afterCalls(state, calls) {
  let started = 0;
  let done = false;
  const underWay = new Set();
  const look = () => {
    if (done || started < calls || (state === "busy") !== underWay.size > 0) return;
    done = true;
    sabotage();
  };
  createHook({
    init(id, type) {
      if (type !== "generic") return;
      started += 1;
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
      for (;;) filled.push(new Array(10_000).fill(filled.length));
    case "stuck":
      // Hears nothing, and leaves the processor to the tests beside it.
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    default:
      throw new Error(`no such sabotage: ${how}`);
  }
}
