/** The licences of bundled packages, which require that their text accompanies each copy. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bundledPackages } from "./audit-rules.js";

/**
 * The licence texts of the packages in the bundles.
 *
 * @param root folder with `node_modules`
 * @param inputs paths of the bundled files, relative to it
 * @throws when a package has no licence file
 */
export function licencesOf(root, inputs) {
  return bundledPackages(inputs)
    .map((folder) => licenceOf(join(root, folder)))
    .join(`\n${"-".repeat(78)}\n\n`);
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}
