import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { InstalledPackage } from "./installed.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** How a user's TypeScript resolves the package. */
export interface CompiledAs {
  name: string;
  files: readonly string[];
  module: ts.ModuleKind;
  moduleResolution: ts.ModuleResolutionKind;
}

export const COMPILED_AS: readonly CompiledAs[] = [
  {
    name: "an ES and a CommonJS module",
    files: ["use.mts", "use.cts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  },
  {
    name: "a bundler",
    files: ["use.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  },
];

/**
 * Compiles `test/types/use.ts` in a project with the installed package. Declarations are checked too, except for those of
 * TypeScript and Node, which take longest and are not ours.
 *
 * @returns the errors, as the compiler prints them; empty if there are none
 */
export function compileUse(installed: InstalledPackage, { files, module, moduleResolution }: CompiledAs): string {
  const text = readFileSync(new URL("../types/use.ts", import.meta.url), "utf8");
  for (const file of files) installed.write(file, text);
  const options: ts.CompilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true },
    ...{ target: ts.ScriptTarget.ES2023, lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"], skipLibCheck: false },
    ...{ typeRoots: [join(root, "node_modules/@types")], types: ["node"], module, moduleResolution },
  };
  const host = ts.createCompilerHost(options);
  host.getCurrentDirectory = () => installed.folder;
  const paths = files.map((file) => join(installed.folder, file));
  const program = ts.createProgram(paths, options, host);
  const isForeign = (file: string) => /[/\\]node_modules[/\\](?:typescript|@types[/\\]node)[/\\]/.test(file);
  const own = program.getSourceFiles().filter(({ fileName }) => !isForeign(fileName));
  const errors = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...own.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  return ts.formatDiagnostics(errors, host);
}
