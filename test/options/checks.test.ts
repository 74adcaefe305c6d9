import { beforeAll, describe, expect, it } from "vitest";
import { checkPem } from "../../src/options/checks.js";
import { UsageError } from "../../src/errors.js";
import { sharedCertificate } from "../support/certificate.js";

describe("checkPem", () => {
  let good: string;
  beforeAll(async () => {
    good = (await sharedCertificate()).ca.trim();
  });

  it("accepts certificates with other text around them, as it is", () => {
    const text = `# Our authority\r\n${good.replaceAll("\n", "\r\n")}\r\n\r\n# The old one\n${good}\nend`;
    expect(checkPem("ca", good)).toBe(good);
    expect(checkPem("ca", text)).toBe(text);
  });

  const bad = "-----BEGIN CERTIFICATE-----\nMIIBgarbage\n-----END CERTIFICATE-----";
  it.each<[string, (good: string) => string, string]>([
    ["that is damaged", () => bad, "certificate 1 of 1 can't be read"],
    ["that is damaged after a good one", (good) => `${good}\n${bad}\n`, "certificate 2 of 2 can't be read"],
    ["that is cut off", (good) => good.slice(0, -30), "certificate 1 of 1 can't be read"],
    ["that is cut off before a good one", (good) => `${good.slice(0, -30)}\n${good}`, "can't be read"],
    ["that is empty", () => bad.replace("MIIBgarbage\n", ""), "certificate 1 of 1 can't be read"],
    ["inside a line, which TLS doesn't see", (good) => `# ${good}`, "contains no PEM certificate"],
    ["under another name", (good) => good.replaceAll("CERTIFICATE", "PRIVATE KEY"), "contains no PEM certificate"],
  ])("refuses a certificate %s", (_name, text, message) => {
    const check = () => checkPem("ca", text(good));
    expect(check).toThrow(UsageError);
    expect(check).toThrow(message);
  });
});
