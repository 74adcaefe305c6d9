import { readdirSync, readFileSync } from "node:fs";
import { bundledPackages } from "./audit-rules.js";

/**
 * The licences of the packages whose code the bundles carry: their authors ask that the text goes with every copy.
 *
 * @param {string} root folder of the project, with a slash at its end
 * @param {readonly string[]} inputs what was bundled, as esbuild's metafiles name it
 * @returns {string}
 */
export function thirdPartyText(root, inputs) {
  const parts = bundledPackages(inputs).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8"));
    const file = readdirSync(root + folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? "" : readFileSync(`${root}${folder}/${file}`, "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return `Code of these packages is in the files below src/ and workers/.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
