/**
 * Replaces the clock of every thread of a process by the model's clock. The model's process calls `install`, which also
 * passes the clock to worker threads started later. These preload this file, as does a command run as a child process,
 * which gets the time from BFA_MODEL_CLOCK (ms since the Unix epoch). The clock stands still until it is set, so that a
 * probe's time is known exactly.
 */
const { getEnvironmentData, isMainThread, setEnvironmentData } = require("node:worker_threads");

const KEY = "bfa-model-clock";
const RealDate = globalThis.Date;

/** Replaces Date; returns a function that restores it. */
function replaceDate(view) {
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(view[0]);
      else super(...args);
    }

    static now() {
      return view[0];
    }
  };
  return () => {
    globalThis.Date = RealDate;
  };
}

/** Retries wait for a random fraction of a second; with these random numbers they don't wait. */
function replaceRandom() {
  let drawn = 0;
  Math.random = () => (drawn = (drawn + 1) % 1000) / 1e7;
}

module.exports = {
  /** Starts the clock of this process at a time; `set` moves it in all threads. */
  install(start) {
    const buffer = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
    const view = new Float64Array(buffer);
    view[0] = start;
    setEnvironmentData(KEY, buffer);
    const undo = replaceDate(view);
    return {
      set: (ms) => {
        view[0] = ms;
      },
      uninstall: () => {
        setEnvironmentData(KEY, undefined);
        undo();
      },
    };
  },
};

const shared = getEnvironmentData(KEY);
if (!isMainThread && shared !== undefined) {
  replaceDate(new Float64Array(shared));
  replaceRandom();
} else if (process.env["BFA_MODEL_CLOCK"] !== undefined) {
  replaceDate([Number(process.env["BFA_MODEL_CLOCK"])]);
  replaceRandom();
}
