import { UsageError } from "../../errors.js";

/** A proxy for connections. */
export interface Proxy {
  /** Scheme, host and port, without credentials. */
  url: string;
  /** Value of the Proxy-Authorization header; absent if there are no credentials. */
  authorization?: string;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/**
 * The proxy for a URL according to the usual environment variables, in lower case first, as in undici: HTTPS_PROXY, or
 * HTTP_PROXY if that isn't set; for plain HTTP only the latter. NO_PROXY lists hosts to connect to directly.
 *
 * @throws UsageError when a variable is not the URL of a proxy
 */
export function proxyFor(url: string, env: NodeJS.ProcessEnv): Proxy | undefined {
  const target = new URL(url);
  const names = target.protocol === "https:" ? ["HTTPS_PROXY", "HTTP_PROXY"] : ["HTTP_PROXY"];
  const name = names.find((each) => (variable(env, each) ?? "") !== "");
  if (name === undefined || isExempt(target, variable(env, "NO_PROXY") ?? "")) return undefined;
  return readProxy(name, variable(env, name) ?? "");
}

/** The proxy for display, with credentials masked. */
export function describeProxy({ url, authorization }: Proxy): string {
  return authorization === undefined ? url : url.replace("://", "://***@");
}

function variable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name.toLowerCase()] ?? env[name];
}

/** Whether NO_PROXY matches a host: by name, parent domain (with or without `*.`), optional port, or `*` for all. */
function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const targetPort = port === "" ? DEFAULT_PORTS[protocol] : port;
  return noProxy
    .split(/[,\s]/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, host = entry, entryPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
      if (entryPort !== undefined && entryPort !== targetPort) return false;
      const domain = host.replace(/^\*?\./, "").toLowerCase();
      return hostname === domain || hostname.endsWith(`.${domain}`);
    });
}

/** Parses a proxy's URL. Messages don't quote it, because it may contain a password. */
function readProxy(name: string, value: string): Proxy {
  const text = value.includes("://") ? value : `http://${value}`;
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || parsed.hostname === "") throw new UsageError(`${name} is not the URL of a proxy`);
  const { protocol, host, username, password } = parsed;
  if (protocol !== "http:" && protocol !== "https:") {
    throw new UsageError(`${name}: only http and https proxies are supported, not ${protocol.slice(0, -1)}`);
  }
  const url = `${protocol}//${host}`;
  if (username === "" && password === "") return { url };
  const credentials = `${decode(name, username)}:${decode(name, password)}`;
  return { url, authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
}

function decode(name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new UsageError(`${name}: the credentials contain a % that doesn't start an escape; write %25`, { cause });
  }
}
