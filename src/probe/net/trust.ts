import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";

/**
 * The certificates that connections trust: those that Node trusts by default (its own list and NODE_EXTRA_CA_CERTS, or
 * OpenSSL's store with `--use-openssl-ca`), and custom ones.
 *
 * @param ca additional PEM certificates to trust
 */
export function secureContext(ca: string | undefined): SecureContext {
  const context = createSecureContext();
  if (ca !== undefined) {
    // The option `ca` would replace Node's certificates, and before Node 22.15 there is no way to list those.
    const native = context.context as { addCACert: (pem: string) => void };
    native.addCACert(ca);
    // Node 20 drops its extra certificates when the first one is added.
    const extra = extraCertificates();
    if (extra !== undefined) native.addCACert(extra);
  }
  return context;
}

/** Certificates of NODE_EXTRA_CA_CERTS. If the file can't be read, Node has already warned about it. */
function extraCertificates(): string | undefined {
  const file = process.env["NODE_EXTRA_CA_CERTS"];
  try {
    return file === undefined ? undefined : readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
