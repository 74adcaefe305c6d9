/** What a TLS server needs, and what its clients need to trust it. All PEM. */
export interface Certificate {
  /** Private key of the leaf. */
  key: string;
  /** The leaf's certificate. */
  cert: string;
  /** Certificate of the authority that signed the leaf, for clients. */
  ca: string;
}

const LEAF_NAMES = [
  { type: 2, value: "localhost" },
  { type: 7, ip: "127.0.0.1" },
  { type: 7, ip: "::1" },
] as const;

/**
 * A new authority and a leaf for localhost, 127.0.0.1 and ::1, good for a year. Keys are EC P-256: both certificates
 * take 30 ms together, where one RSA key can take half a second. (Loading the library takes another 150 ms, so it is
 * loaded only here.)
 */
export async function createCertificate(): Promise<Certificate> {
  const { generate } = await import("selfsigned");
  const common = { keyType: "ec", curve: "P-256", algorithm: "sha256" } as const;
  // Some TLS libraries refuse an authority without key usages; each start has a name of its own, so that two
  // authorities in one trust store are told apart.
  const name = `bfa replica ${new Date().toISOString()} ${process.pid}`;
  const authority = await generate([{ name: "commonName", value: name }], {
    ...common,
    extensions: [
      { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: "commonName", value: "localhost" }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [...LEAF_NAMES] },
    ],
  });
  return { key: leaf.private, cert: leaf.cert, ca: authority.cert };
}
