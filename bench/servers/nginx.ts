import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, ftruncateSync, futimesSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { Client } from "undici";
import { createCertificate } from "../../src/replica/certificate.js";
import type { History } from "../../src/replica/history.js";
import { fileKey } from "../../src/vision/object-key.js";
import { isInstalled } from "../peers/tool.js";
import type { BenchServer } from "./server.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/** Whether nginx can be started. */
export function hasNginx(): Promise<boolean> {
  return isInstalled("nginx", "-v");
}

export const NGINX_INSTALL = "apt install nginx-light";

/** Path under which every object exists and is empty, for clients that can't read the answer to a HEAD. */
export const EMPTY_PATH = "/-/empty/";

/** Starts nginx on 127.0.0.1 with the files of a history, over TLS with HTTP/1.1 and HTTP/2, all below `folder`. */
export async function startNginx(folder: string, history: History): Promise<BenchServer> {
  const root = join(folder, "www");
  writeFiles(root, history);
  const certificate = await createCertificate();
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, certificate.ca);
  writeFileSync(join(folder, "cert.pem"), certificate.cert);
  writeFileSync(join(folder, "key.pem"), certificate.key);
  const [port, statsPort] = await freePorts();
  writeFileSync(join(folder, "nginx.conf"), configuration(folder, root, port, statsPort));
  const child = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], {
    stdio: "ignore",
  });
  const kill = () => child.kill("SIGTERM");
  process.once("exit", kill);
  const control = new Client(`http://127.0.0.1:${statsPort}`, {
    keepAliveTimeout: 3_600_000,
    keepAliveMaxTimeout: 3_600_000,
  });
  const accepted = async () => {
    const { body } = await control.request({ path: "/", method: "GET" });
    // "server accepts handled requests\n 12 12 34"
    return Number(/requests\s+(\d+)/.exec(await body.text())?.[1]);
  };
  const url = `https://127.0.0.1:${port}`;
  await answers(accepted, folder);
  let before = 0;
  return {
    name: "nginx",
    url,
    caFile,
    ca: certificate.ca,
    files: history.folders.reduce((sum, { days }) => sum + days.length, 0),
    counts: async () => ({ connections: (await accepted()) - before }),
    resetCounts: async () => {
      before = await accepted();
    },
    close: async () => {
      await control.close();
      process.off("exit", kill);
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Sparse files with the right sizes and times, since HEAD reads none of their bytes. */
function writeFiles(root: string, history: History): void {
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, "empty.zip"), "");
  for (const { symbol, days, sizes, uploaded } of history.folders) {
    mkdirSync(dirname(join(root, fileKey(DEFAULT_DATASET, symbol, 0))), { recursive: true });
    for (const [i, day] of days.entries()) {
      const file = openSync(join(root, fileKey(DEFAULT_DATASET, symbol, day)), "w");
      ftruncateSync(file, sizes[i] ?? 0);
      futimesSync(file, uploaded[i] ?? 0, uploaded[i] ?? 0);
      closeSync(file);
    }
  }
}

function configuration(folder: string, root: string, port: number, statsPort: number): string {
  return `daemon off;
${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes auto;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log crit;
events { worker_connections 4096; }
http {
  access_log off;
  default_type application/zip;
  keepalive_requests 100000000;
  keepalive_timeout 300s;
  client_body_temp_path ${folder}/tmp-body; proxy_temp_path ${folder}/tmp-proxy; fastcgi_temp_path ${folder}/tmp-fastcgi;
  uwsgi_temp_path ${folder}/tmp-uwsgi; scgi_temp_path ${folder}/tmp-scgi;
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    root ${root};
    location ${EMPTY_PATH} { try_files /empty.zip =404; }
  }
  server { listen 127.0.0.1:${statsPort}; location / { stub_status; } }
}
`;
}

/** Two ports that were free a moment ago. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer().listen(0, "127.0.0.1"), createServer().listen(0, "127.0.0.1")];
  const ports = [];
  for (const server of servers) {
    if (!server.listening) await once(server, "listening");
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) server.close();
  return [ports[0] ?? 0, ports[1] ?? 0];
}

/** Waits for the first answer. */
async function answers(ask: () => Promise<number>, folder: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await ask();
      return;
    } catch (cause) {
      if (attempt === 100) throw new Error(`nginx did not start; see ${folder}/error.log`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
