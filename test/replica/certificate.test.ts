import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { describe, expect, it } from "vitest";
import { createAuthority, createCertificate, type Authority, type Certificate } from "../../src/replica/certificate.js";
import { startCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** What somebody with an authority's private key could sign. */
async function signed(
  { name, keys }: Pick<Authority, "name" | "keys">,
  subject: string,
  { names = [], isAuthority = false }: { names?: { type: "dns" | "ip"; value: string }[]; isAuthority?: boolean },
): Promise<Authority & { key: string }> {
  const own = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const flags = isAuthority ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature;
  const cert = await X509CertificateGenerator.create({
    ...{ subject, issuer: name, publicKey: own.publicKey, signingKey: keys.privateKey, signingAlgorithm: ALGORITHM },
    extensions: [
      new BasicConstraintsExtension(isAuthority),
      new KeyUsagesExtension(flags, true),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
    ],
  });
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", own.privateKey)).toString("base64");
  const key = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----`;
  return { cert: cert.toString("pem"), key, name: subject, keys: own };
}

/** Connects as a client that trusts an authority, and returns what the client says about the server. */
async function verdict({ key, cert, ca }: Certificate, servername: string): Promise<string> {
  const server = createServer({ key, cert }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", servername, ca });
  try {
    return await Promise.race([
      once(socket, "secureConnect").then(() => "trusted"),
      once(socket, "error").then(([error]) => (error as Error).message),
    ]);
  } catch (error) {
    return (error as Error).message;
  } finally {
    socket.destroy();
    server.close();
  }
}

describe("the replica's authority", () => {
  it("signs for loopback names", async () => {
    const certificate = await createCertificate();
    expect(await verdict(certificate, "localhost")).toBe("trusted");
    const leaf = new X509Certificate(certificate.cert);
    expect(leaf.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect([leaf.ca, new X509Certificate(certificate.ca).ca]).toEqual([false, true]);
  });

  it.each([
    ["a name", "example.com", { names: [{ type: "dns" as const, value: "example.com" }] }],
    ["a name of the bucket", "data.binance.vision", { names: [{ type: "dns" as const, value: "*.binance.vision" }] }],
    ["a name that ends in its own", "evillocalhost", { names: [{ type: "dns" as const, value: "evillocalhost" }] }],
    [
      "a name beside its own",
      "localhost",
      {
        names: ["localhost", "example.com"].map((value) => ({ type: "dns" as const, value })),
      },
    ],
    ["an address", "localhost", { names: [{ type: "ip" as const, value: "10.0.0.1" }] }],
    ["another loopback address", "localhost", { names: [{ type: "ip" as const, value: "127.0.0.2" }] }],
    ["a name in the subject only", "example.com", {}],
  ])("is trusted for nothing else: %s", async (_, name, what) => {
    const authority = await createAuthority();
    const { cert, key } = await signed(authority, `CN=${name}`, what);
    expect(await verdict({ cert, key, ca: authority.cert }, name)).toMatch(/permitted subtree violation/);
  });

  it("can sign no other authority", async () => {
    const authority = await createAuthority();
    const below = await signed(authority, "CN=below", { isAuthority: true });
    const leaf = await signed(below, "CN=localhost", { names: [{ type: "dns", value: "localhost" }] });
    const chain = { key: leaf.key, cert: `${leaf.cert}\n${below.cert}`, ca: authority.cert };
    expect(await verdict(chain, "localhost")).toMatch(/path length constraint exceeded/);
  });

  it("has a private key that can't be exported and is never on disk, and neither is the leaf's", async () => {
    const { keys } = await createAuthority();
    await expect(crypto.subtle.exportKey("pkcs8", keys.privateKey)).rejects.toThrow();
    const folder = temporaryFolder();
    const TMPDIR = join(folder.path, "tmp");
    mkdirSync(TMPDIR);
    const running = startCli(
      ["replica", "--days", "1", "--symbols", "1", "--ca-file", "ca.pem"],
      { TMPDIR },
      folder.path,
    );
    try {
      await once(running.child.stdout, "data");
      const files = readdirSync(folder.path, { recursive: true, encoding: "utf8" })
        .map((name) => join(folder.path, name))
        .filter((path) => statSync(path).isFile());
      expect(files).toContain(join(folder.path, "ca.pem"));
      expect(files.filter((path) => readFileSync(path, "latin1").includes("PRIVATE KEY"))).toEqual([]);
    } finally {
      running.child.kill("SIGTERM");
      await running.done;
      folder.remove();
    }
  });
});
