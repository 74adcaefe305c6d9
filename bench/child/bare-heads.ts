/**
 * A bare Node client as a separate process. It sends HEADs for the paths in a file, over one HTTP/2 connection or 64
 * HTTP/1.1 connections, and prints status, size and upload time of each. Arguments: the server's URL, the file of its
 * certificate or `-`, the file of paths, and `h2` or `h1`.
 */
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { Agent, request } from "node:https";

const [, , url = "", caFile = "-", pathsFile = "", protocol = "h2"] = process.argv;
const paths = readFileSync(pathsFile, "utf8").split("\n");
const tls = caFile === "-" ? {} : { ca: readFileSync(caFile) };
const lines: string[] = [];
let left = paths.length;

function answered(path: string, facts: readonly unknown[], end: () => void): void {
  lines.push([path, ...facts].join("\t"));
  if (--left > 0) return;
  process.stdout.write(`${lines.join("\n")}\n`);
  end();
}

if (protocol === "h2") {
  const session = connect(url, tls);
  for (const path of paths) {
    const stream = session.request({ ":method": "HEAD", ":path": path });
    stream.on("response", (headers) => {
      const facts = [headers[":status"], headers["content-length"], headers["last-modified"]];
      answered(path, facts, () => {
        session.close();
      });
    });
    stream.resume().end();
  }
} else {
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 64 });
  for (const path of paths) {
    const sent = request(url + path, { method: "HEAD", agent }, (response) => {
      response.resume();
      const { statusCode, headers } = response;
      answered(path, [statusCode, headers["content-length"], headers["last-modified"]], () => {
        agent.destroy();
      });
    });
    sent.end();
  }
}
