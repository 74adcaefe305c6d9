/** What `npm run audit` asks of the packages that an installation brings, as pure functions of the lockfile. */

/** Licences that ask for no more than their text to be kept, and public domain. */
const PERMISSIVE = new Set([
  "MIT",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "0BSD",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "Unlicense",
  "MIT-0",
]);

/** Where every package comes from that names a place; those that name none come from the registry that npm is set to. */
const REGISTRY = "https://registry.npmjs.org/";

/**
 * Whether an SPDX expression leaves a choice that is permissive: of `A OR B` one is enough, of `A AND B` both are needed.
 *
 * @param {string | undefined} expression
 */
export function isPermissive(expression) {
  if (expression === undefined) return false;
  const choices = expression.replace(/[()]/g, "").split(" OR ");
  return choices.some((choice) => choice.split(" AND ").every((license) => PERMISSIVE.has(license.trim())));
}

/**
 * What is wrong with the lockfile, one line for each: a licence that isn't permissive, an install script, a package
 * without hash or from elsewhere than the registry. Packages for development count but for their licences.
 *
 * @param {{ packages: Record<string, LockedPackage> }} lock
 * @returns {string[]}
 *
 * @typedef {object} LockedPackage
 * @property {string} [license]
 * @property {string} [integrity]
 * @property {string} [resolved]
 * @property {boolean} [hasInstallScript]
 * @property {boolean} [dev]
 */
export function lockFindings(lock) {
  return Object.entries(lock.packages)
    .filter(([path]) => path !== "")
    .flatMap(([path, found]) => {
      const isShipped = found.dev !== true;
      return [
        [isShipped && !isPermissive(found.license), `licence ${found.license ?? "not said"}`],
        [isShipped && found.hasInstallScript === true, "has an install script"],
        [!/^sha512-/.test(found.integrity ?? ""), "has no SHA-512"],
        [found.resolved?.startsWith(REGISTRY) === false, `comes from ${found.resolved ?? ""}`],
      ]
        .filter(([isWrong]) => isWrong)
        .map(([, finding]) => `${path}: ${String(finding)}`);
    });
}

/** What the packed package may hold. */
const SHIPPED =
  /^(?:package\.json|README\.md|LICENSE|dist\/(?:src|workers|bench|web)\/.+|dist\/THIRD-PARTY-LICENSES\.txt|(?:src|workers|bench)\/.+\.ts|bench\/peers\/[^/]+\.py)$/;

/**
 * Files of the packed package that nobody expects there, and those that are lacking.
 *
 * @param {readonly string[]} files paths in it
 * @returns {string[]}
 */
export function packFindings(files) {
  const unexpected = files.filter((file) => !SHIPPED.test(file));
  const lacking = ["LICENSE", "dist/THIRD-PARTY-LICENSES.txt", "dist/src/cli/main.js"].filter(
    (file) => !files.includes(file),
  );
  return [...unexpected.map((file) => `${file} is packed`), ...lacking.map((file) => `${file} is not packed`)];
}

/**
 * Names of the packages whose code a bundle has, by the inputs that esbuild names.
 *
 * @param {readonly string[]} inputs
 * @returns {string[]} folders of packages, `node_modules/…`, each once
 */
export function bundledPackages(inputs) {
  const folders = inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
  return [...new Set(folders)].sort();
}
