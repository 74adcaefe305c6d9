import { createCertificate, type Certificate } from "../../src/replica/certificate.js";

let made: Promise<Certificate> | undefined;

/** One certificate for all servers of a process, because generating one, including imports, takes 200 ms. */
export function sharedCertificate(): Promise<Certificate> {
  made ??= createCertificate();
  return made;
}
