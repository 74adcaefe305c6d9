import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ended, InstalledPackage } from "./installed.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const TSC = join(root, "node_modules/typescript/bin/tsc");

/** How a user's TypeScript resolves the package. */
export interface CompiledAs {
  name: string;
  files: readonly string[];
  module: string;
  moduleResolution: string;
}

export const COMPILED_AS: readonly CompiledAs[] = [
  {
    name: "an ES and a CommonJS module",
    files: ["use.mts", "use.cts"],
    module: "NodeNext",
    moduleResolution: "NodeNext",
  },
  { name: "a bundler", files: ["use.ts"], module: "ESNext", moduleResolution: "Bundler" },
];

/** Compiles `test/types/use.ts` in a project with the installed package. */
export function compileUse(
  installed: InstalledPackage,
  { files, module, moduleResolution }: CompiledAs,
): Promise<Ended> {
  const text = readFileSync(new URL("../types/use.ts", import.meta.url), "utf8");
  for (const file of files) installed.write(file, text);
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noEmit"];
  const libraries = ["--target", "ES2023", "--lib", "ES2023,ESNext.Disposable", "--skipLibCheck", "false"];
  const types = ["--typeRoots", join(root, "node_modules/@types"), "--types", "node"];
  const options = [...strict, ...libraries, ...types, "--module", module, "--moduleResolution", moduleResolution];
  return installed.node(TSC, ...options, ...files);
}
