import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";

/**
 * The certificates that connections trust: what Node trusts by itself (its own list and NODE_EXTRA_CA_CERTS, or
 * OpenSSL's store with `--use-openssl-ca`), and one's own.
 *
 * @param ca PEM certificates to trust besides
 */
export function secureContext(ca: string | undefined): SecureContext {
  const context = createSecureContext();
  if (ca !== undefined) {
    // The option `ca` would replace Node's, and before Node 22.15 nothing lists all of those to be given along.
    const native = context.context as { addCACert: (pem: string) => void };
    native.addCACert(ca);
    // Node 20 forgets its extra ones with the first that is added.
    const extra = extraCertificates();
    if (extra !== undefined) native.addCACert(extra);
  }
  return context;
}

/** Certificates of NODE_EXTRA_CA_CERTS. Of a file that can't be read Node itself has warned. */
function extraCertificates(): string | undefined {
  const file = process.env["NODE_EXTRA_CA_CERTS"];
  try {
    return file === undefined ? undefined : readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
