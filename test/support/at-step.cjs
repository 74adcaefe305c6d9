/**
 * Preloaded into a command (`node --require`) to end it, or to send it a signal, at a step of its work on the file.
 * BFA_AT_STEP is JSON: `log`, a file to which each step is appended as a line `<name> <nth>`; `at`, a step and a
 * moment, `<name> <nth> before|within|after`; `signal`. For `within`, a step that only starts something runs for a
 * moment first.
 */
const fs = require("node:fs");
const files = require("node:fs/promises");
const Module = require("node:module");

const { log, at, signal } = JSON.parse(process.env["BFA_AT_STEP"] ?? "{}");
const counts = new Map();

/** Statements that are steps. The last one also empties the log into the file. */
const STATEMENTS = { commit: /^COMMIT/, checkpoint: /^CHECKPOINT/, detach: /^USE memory; DETACH/ };

function step(name, call) {
  const nth = (counts.get(name) ?? 0) + 1;
  counts.set(name, nth);
  if (log !== undefined) fs.appendFileSync(log, `${name} ${nth}\n`);
  const reached = (moment) => {
    if (at === `${name} ${nth} ${moment}`) process.kill(process.pid, signal);
  };
  reached("before");
  const result = call();
  if (!(result instanceof Promise)) {
    reached("after");
    return result;
  }
  if (at === `${name} ${nth} within`) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  reached("within");
  return result.finally(() => {
    reached("after");
  });
}

function wrap(object, method, name) {
  const original = object[method];
  object[method] = (...args) => step(name, () => original.apply(object, args));
}

wrap(fs, "mkdtempSync", "folder");
wrap(fs, "renameSync", "rename");
wrap(fs, "rmSync", "remove");
wrap(files, "copyFile", "copy");
const { open } = files;
files.open = async (...args) => {
  const handle = await open(...args);
  wrap(handle, "sync", "fsync");
  return handle;
};
Module.syncBuiltinESMExports();

/** A wrapper of the native binding, because the binding's own properties can't be set. */
function watched(binding) {
  const methods = {
    query: (connection, sql) => {
      const [name] = Object.entries(STATEMENTS).find(([, pattern]) => pattern.test(sql)) ?? [];
      const call = () => binding.query(connection, sql);
      return name === undefined ? call() : step(name, call);
    },
    close_sync: (database) => step("unlock", () => binding.close_sync(database)),
  };
  const properties = Object.getOwnPropertyNames(binding).map((name) => {
    const value = binding[name];
    return [name, typeof value === "function" ? value.bind(binding) : value];
  });
  return { ...Object.fromEntries(properties), ...methods };
}

const load = Module._load;
const bindings = new Map();
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request !== "@duckdb/node-bindings") return loaded;
  if (!bindings.has(loaded)) bindings.set(loaded, watched(loaded));
  return bindings.get(loaded);
};
