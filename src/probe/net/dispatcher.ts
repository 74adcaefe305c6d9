import type { buildConnector, Dispatcher } from "undici";
import { proxyFor } from "./proxy.js";
import { secureContext } from "./trust.js";
import { tunnelConnector } from "./tunnel.js";
import { USER_AGENT } from "./user-agent.js";

/** Options of {@link dispatcherFor}. */
export interface DispatcherOptions {
  /** PEM certificates to trust in addition to Node's. */
  ca: string | undefined;
  /** The environment variables that name proxies. */
  env: NodeJS.ProcessEnv;
  /** Time limit for connecting, for the start of an answer, and for each pause in it, ms. */
  timeoutMs: number;
}

/**
 * A dispatcher for single requests to a URL, outside the pipeline but with the same proxies and certificates. Must be
 * destroyed after use.
 *
 * @throws UsageError when an environment variable is not the URL of a proxy
 */
export async function dispatcherFor(url: string, { ca, env, timeoutMs }: DispatcherOptions): Promise<Dispatcher> {
  // Use the default export: the named exports of CommonJS don't survive bundling.
  const { Agent, Pool, ProxyAgent } = (await import("undici")).default;
  const tls = { secureContext: secureContext(ca), timeout: timeoutMs };
  const proxy = proxyFor(url, env);
  const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
  if (proxy === undefined) return new Agent({ ...limits, connect: tls });
  return new ProxyAgent({
    ...limits,
    uri: proxy.url,
    ...(proxy.authorization === undefined ? {} : { token: proxy.authorization }),
    headers: { "user-agent": USER_AGENT },
    proxyTls: tls,
    requestTls: tls,
    factory: (origin, { connect, ...options }: { connect: buildConnector.connector }) =>
      new Pool(origin, { ...options, connect: tunnelConnector(connect) }),
  });
}
