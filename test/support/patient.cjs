/**
 * Preloaded into a command (`node --require`) or a thread: timers of BFA_PATIENT ms never fire, so that what a test
 * expects before them doesn't depend on how slow the machine is.
 */
const { setTimeout: original } = globalThis;
const patient = (process.env["BFA_PATIENT"] ?? "").split(",").map(Number);

globalThis.setTimeout = (callback, ms, ...args) => original(callback, patient.includes(ms) ? 2 ** 31 - 1 : ms, ...args);
