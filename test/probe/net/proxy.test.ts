import fc from "fast-check";
import { EnvHttpProxyAgent, type Dispatcher } from "undici";
import { describe, expect, it } from "vitest";
import { describeProxy, proxyFor } from "../../../src/probe/net/proxy.js";

const VISION = "https://data.binance.vision";

describe("proxyFor", () => {
  it("reads the variables in either case, lower case first", () => {
    expect(proxyFor(VISION, { HTTPS_PROXY: "http://a:1" })).toEqual({ url: "http://a:1" });
    expect(proxyFor(VISION, { HTTPS_PROXY: "http://a:1", https_proxy: "http://b:2" })).toEqual({ url: "http://b:2" });
    expect(proxyFor(VISION, { HTTP_PROXY: "https://c:3" })).toEqual({ url: "https://c:3" });
    expect(proxyFor("http://x", { HTTPS_PROXY: "http://a:1" })).toBeUndefined();
    expect(proxyFor(VISION, {})).toBeUndefined();
    expect(proxyFor(VISION, { HTTPS_PROXY: "" })).toBeUndefined();
  });

  it("accepts a host without a scheme, and separates credentials from the URL", () => {
    expect(proxyFor(VISION, { HTTPS_PROXY: "proxy.example:3128" })).toEqual({ url: "http://proxy.example:3128" });
    const proxy = proxyFor(VISION, { HTTPS_PROXY: "http://me:p%40ss@proxy.example:3128" });
    expect(proxy).toEqual({
      url: "http://proxy.example:3128",
      authorization: `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
    });
    expect(proxy && describeProxy(proxy)).toBe("http://***@proxy.example:3128");
  });

  it.each(["http://", "http://me:secret@", "socks5://me:secret@a:1", "http://me:se%cret@a:1", "http://me:secret@a:b"])(
    "refuses %s without revealing the password",
    (value) => {
      expect(() => proxyFor(VISION, { HTTPS_PROXY: value })).toThrow(
        expect.objectContaining({
          code: "USAGE",
          message: expect.not.stringMatching(/se%?cret/) as string,
        }) as Error,
      );
    },
  );

  it("exempts the hosts that undici exempts", () => {
    const host = fc.constantFrom("a.example", "b.a.example", "xa.example", "127.0.0.1", "localhost", "example");
    const entry = fc.constantFrom(
      ...["*", "a.example", ".a.example", "*.a.example", "A.EXAMPLE", "a.example:443", "a.example:8443"],
      ...["127.0.0.1", "localhost", "b", ".example"],
    );
    fc.assert(
      fc.property(
        host,
        fc.constantFrom("", ":8443"),
        fc.constantFrom("http", "https"),
        fc.array(entry, { maxLength: 3 }),
        (name, port, scheme, entries) => {
          // undici knows `*` only on its own.
          fc.pre(entries.length <= 1 || !entries.includes("*"));
          const origin = `${scheme}://${name}${port}`;
          const noProxy = entries.join(entries.length % 2 === 0 ? "," : " ");
          const env = { HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://p:2", NO_PROXY: noProxy };
          expect(proxyFor(origin, env)?.url ?? "none").toBe(undiciChoice(origin, noProxy));
        },
      ),
    );
  });
});

/** Where undici's agent would connect: to one of the proxies, or to the origin itself. */
function undiciChoice(origin: string, noProxy: string): string {
  const seen = { direct: false };
  const factory = (_origin: unknown, { connect }: { connect?: unknown }): Dispatcher => {
    seen.direct = connect === undefined;
    const made = { on: () => made, dispatch: () => true };
    return made as unknown as Dispatcher;
  };
  const proxies = { httpProxy: "http://p:1", httpsProxy: "http://p:2", noProxy };
  new EnvHttpProxyAgent({ ...proxies, factory }).dispatch({ origin, path: "/", method: "HEAD" }, {});
  if (seen.direct) return "none";
  return origin.startsWith("https:") ? "http://p:2" : "http://p:1";
}
