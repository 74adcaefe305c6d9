import type { Dispatcher } from "undici";
import { proxyFor } from "./proxy.js";
import { secureContext } from "./trust.js";
import { USER_AGENT } from "./user-agent.js";

/** How single requests reach a server. */
export interface DispatcherOptions {
  /** PEM certificates to trust besides Node's. */
  ca: string | undefined;
  /** The environment that names proxies. */
  env: NodeJS.ProcessEnv;
  /** Limit for connecting, for an answer to begin, and for each wait within it, ms. */
  timeoutMs: number;
}

/**
 * What single requests to a URL are sent with, outside of the pipeline: the same proxies and certificates as there. Destroy
 * it after use.
 *
 * @throws UsageError when a variable of the environment is not the URL of a proxy
 */
export async function dispatcherFor(url: string, { ca, env, timeoutMs }: DispatcherOptions): Promise<Dispatcher> {
  // By its default export: the named ones of CommonJS are gone once it is bundled.
  const { Agent, ProxyAgent } = (await import("undici")).default;
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
  });
}
