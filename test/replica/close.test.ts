import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const dist = new URL("../../dist/src/replica/", import.meta.url).href;

/**
 * A process that starts a replica, opens connections of every kind, closes the replica while they are open and then has
 * nothing more to do. If anything is left, the process stays alive and is killed.
 */
function program(start: string, options: string): string {
  return `
    import { connect } from "node:tls";
    import { connect as connectHttp2 } from "node:http2";
    import { startReplica } from "${dist}replica.js";
    import { startReplicaThread } from "${dist}../threads/replica-thread.js";
    const replica = await ${start}({ history: { type: "synthetic", through: 18300, symbols: 2 }, ${options} });
    const opened = (socket, event) => new Promise((resolve) => socket.once(event, resolve));
    const tls = { port: replica.port, host: "127.0.0.1", ca: replica.ca };
    const idle = connect(tls);
    const asking = connect(tls);
    const http2 = connectHttp2(replica.url, { ca: replica.ca });
    for (const client of [idle, asking, http2]) client.on("error", () => undefined);
    await Promise.all([opened(idle, "secureConnect"), opened(asking, "secureConnect"), opened(http2, "connect")]);
    asking.write("GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
    http2.request({ ":path": "/" }).on("error", () => undefined);
    await replica.close();
    for (const client of [idle, asking, http2]) client.destroy();
    process.stdout.write("closed");
  `;
}

it.each([
  ["startReplica", ""],
  ["startReplica", "rttMs: 20"],
  ["startReplica", "faults: { hang: 1 }"],
  ["startReplicaThread", ""],
])("%s({ %s }) leaves nothing that keeps a process alive after close", async (start, options) => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program(start, options)], {
    timeout: 300_000,
  });
  expect(stdout).toBe("closed");
});
