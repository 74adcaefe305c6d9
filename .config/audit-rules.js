/** Rules of `npm run audit` for the packages that an installation brings, as pure functions of the lockfile. */

/** Licences that require no more than keeping their text, and public domain. */
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

/** Allowed origin of packages with a URL. Those without one come from the registry configured in npm. */
const REGISTRY = "https://registry.npmjs.org/";

/**
 * Whether an SPDX expression is permissive: for `A OR B` one permissive licence is enough, `A AND B` needs both.
 *
 * @param {string | undefined} expression
 */
export function isPermissive(expression) {
  if (expression === undefined) return false;
  const choices = expression.replace(/[()]/g, "").split(" OR ");
  return choices.some((choice) => choice.split(" AND ").every((license) => PERMISSIVE.has(license.trim())));
}

/**
 * Problems of the lockfile, one line each: a licence that isn't permissive, an install script, a package without a hash
 * or not from the registry. The licences of development packages don't matter.
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
        [isShipped && !isPermissive(found.license), `licence ${found.license ?? "not stated"}`],
        [isShipped && found.hasInstallScript === true, "has an install script"],
        [!/^sha512-/.test(found.integrity ?? ""), "has no SHA-512"],
        [found.resolved?.startsWith(REGISTRY) === false, `comes from ${found.resolved ?? ""}`],
      ]
        .filter(([isWrong]) => isWrong)
        .map(([, finding]) => `${path}: ${String(finding)}`);
    });
}

/** Paths that the packed package may contain. */
const SHIPPED =
  /^(?:package\.json|README\.md|LICENSE|dist\/(?:src|workers|bench|web)\/.+|dist\/THIRD-PARTY-LICENSES\.txt|(?:src|workers|bench)\/.+\.ts|bench\/peers\/[^/]+\.py)$/;

/**
 * Unexpected and missing files of the packed package.
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
 * Names of the packages whose code is in a bundle, from esbuild's list of inputs.
 *
 * @param {readonly string[]} inputs
 * @returns {string[]} folders of packages, `node_modules/…`, without duplicates
 */
export function bundledPackages(inputs) {
  const folders = inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
  return [...new Set(folders)].sort();
}
