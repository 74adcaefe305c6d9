import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent, request } from "undici";
import type { Certificate } from "../../src/replica/certificate.js";
import { freePort, startProgram } from "./programs.js";

/** A running nginx. */
export interface Nginx {
  url: string;
  /** One line per request: the connection's number, then the path. Written when nginx stops. */
  accessLog: string;
  stop: () => Promise<void>;
}

/** Starts nginx over TLS on the files in `place`/files. */
export async function startNginx(place: string, certificate: Certificate): Promise<Nginx> {
  await writeFile(join(place, "cert.pem"), certificate.cert);
  await writeFile(join(place, "key.pem"), certificate.key);
  const port = await freePort();
  const config = join(place, "nginx.conf");
  await writeFile(config, nginxConfig(place, port));
  const url = `https://127.0.0.1:${port}`;
  const dispatcher = new Agent({ connect: { ca: certificate.ca } });
  const { stop } = await startProgram("nginx", ["-c", config, "-e", join(place, "error.log")], () =>
    request(url, { dispatcher }),
  );
  await dispatcher.destroy();
  return { url, accessLog: join(place, "access.log"), stop };
}

function nginxConfig(place: string, port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
    daemon off; worker_processes 1; pid ${place}/nginx.pid; user root;
    events { worker_connections 512; }
    http {
      ${temporary.map((name) => `${name}_temp_path ${place}/${name};`).join(" ")}
      log_format connections '$connection $request_uri'; access_log ${place}/access.log connections;
      default_type application/zip; charset off;
      server {
        listen 127.0.0.1:${port} ssl; root ${place}/files;
        ssl_certificate ${place}/cert.pem; ssl_certificate_key ${place}/key.pem;
      }
    }`;
}
