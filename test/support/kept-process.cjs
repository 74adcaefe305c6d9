/**
 * Runs the built command for one command line after another, each as `main.js` does it, so that a test doesn't pay for
 * starting Node and loading DuckDB each time. Each message is the arguments, each answer a {@link CliResult}.
 */
const { pathToFileURL } = require("node:url");

const main = pathToFileURL(process.argv[2]).href;
let runs = 0;

/** Takes over what is written to a stream, until the returned function gives it back. */
function capture(stream) {
  const pieces = [];
  const { write } = stream;
  stream.write = (piece, encoding, done) => {
    pieces.push(Buffer.from(piece));
    const called = typeof encoding === "function" ? encoding : done;
    if (called !== undefined) process.nextTick(called);
    return true;
  };
  return () => {
    stream.write = write;
    stream.removeAllListeners("error");
    return Buffer.concat(pieces).toString();
  };
}

process.on("message", async (args) => {
  process.argv.splice(2, Infinity, ...args);
  process.exitCode = undefined;
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  // The text after the name has Node evaluate the entry again; what it imports stays loaded.
  await import(`${main}?${++runs}`);
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  process.send({ code, signal: null, stdout: stdout(), stderr: stderr() });
});
