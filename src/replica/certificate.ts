import type { webcrypto } from "node:crypto";
import { DAY_MS } from "../calendar/day.js";

/** What a TLS server needs, and what its clients need to trust it. All as PEM. */
export interface Certificate {
  /** Private key of the leaf. */
  key: string;
  /** The leaf's certificate. */
  cert: string;
  /** Certificate of the authority that signed the leaf, for clients. */
  ca: string;
}

/** An authority, whose private key exists only in memory. */
export interface Authority {
  /** PEM. */
  readonly cert: string;
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const KEY_USES: webcrypto.KeyUsage[] = ["sign", "verify"];

/** How long certificates are valid, ms. */
const LIFETIME = 365 * DAY_MS;

/** How far a client's clock may be behind, ms. */
const SLACK = DAY_MS;

/** Object identifier of the extension that limits the names an authority may sign for: RFC 5280, 4.2.1.10. */
const NAME_CONSTRAINTS = "2.5.29.30";

/** An authority may sign for these addresses and this name, including its subdomains. */
const LOOPBACK_ADDRESSES = [
  { text: "127.0.0.1", bytes: [127, 0, 0, 1] },
  { text: "::1", bytes: [...Array<number>(15).fill(0), 1] },
];
const LOOPBACK_NAME = "localhost";

/**
 * A new authority and a leaf for localhost, 127.0.0.1 and ::1, valid for a year. Trust in the authority is limited to
 * these names and to TLS servers. Keys are EC P-256: both certificates together take 30 ms, where a single RSA key can
 * take half a second. (Loading the library takes another 150 ms, so it is loaded only here.)
 */
export async function createCertificate(): Promise<Certificate> {
  const x509 = await import("@peculiar/x509");
  const authority = await createAuthority();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, KEY_USES);
  const leaf = await x509.X509CertificateGenerator.create({
    ...{ subject: `CN=${LOOPBACK_NAME}`, issuer: authority.name, ...validity(), signingAlgorithm: ALGORITHM },
    ...{ publicKey: keys.publicKey, signingKey: authority.keys.privateKey },
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: LOOPBACK_NAME },
        ...LOOPBACK_ADDRESSES.map(({ text }) => ({ type: "ip" as const, value: text })),
      ]),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${key.replaceAll(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`,
    cert: `${leaf.toString("pem")}\n`,
    ca: authority.cert,
  };
}

/**
 * An authority that can sign only for loopback names, and not for other authorities. Its private key can't be exported.
 */
export async function createAuthority(): Promise<Authority> {
  const x509 = await import("@peculiar/x509");
  const keys = await crypto.subtle.generateKey(ALGORITHM, false, KEY_USES);
  // A unique name distinguishes several authorities in one trust store.
  const name = `CN=bfa replica ${new Date().toISOString()} ${process.pid}`;
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name, keys, ...validity(), signingAlgorithm: ALGORITHM },
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      // Some TLS libraries refuse an authority without key usages.
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.Extension(NAME_CONSTRAINTS, true, loopbackOnly()),
    ],
  });
  return { cert: `${cert.toString("pem")}\n`, name, keys };
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - SLACK), notAfter: new Date(now + LIFETIME) };
}

/** DER of name constraints that permit loopback names. Names have context-specific tag 2, addresses with mask tag 7. */
function loopbackOnly(): Uint8Array {
  const subtree = (tag: number, value: readonly number[]) => der(0x30, der(0x80 | tag, value));
  const addresses = LOOPBACK_ADDRESSES.map(({ bytes }) => subtree(7, [...bytes, ...bytes.map(() => 255)]));
  const permitted = [...subtree(2, [...Buffer.from(LOOPBACK_NAME)]), ...addresses.flat()];
  return Uint8Array.from(der(0x30, der(0xa0, permitted)));
}

/** DER of a value of fewer than 128 bytes. */
function der(tag: number, value: readonly number[]): number[] {
  return [tag, value.length, ...value];
}
