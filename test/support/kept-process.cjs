/**
 * Runs the built command for one command line after another, each as `main.js` does it, so that a test doesn't pay for
 * starting Node and loading DuckDB each time. Each message is the arguments and a mark, which both streams end with;
 * each answer is the exit code.
 */
const { pathToFileURL } = require("node:url");

const main = pathToFileURL(process.argv[2]).href;
let runs = 0;

process.on("message", async ({ args, mark }) => {
  process.argv.splice(2, Infinity, ...args);
  process.exitCode = undefined;
  // The text after the name has Node evaluate the entry again; what it imports stays loaded.
  await import(`${main}?${++runs}`);
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners("error");
    stream.write(mark);
  }
  process.send(code);
});
