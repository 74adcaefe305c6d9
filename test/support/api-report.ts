import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));
const entry = (name: string) => `${root}dist/src/${name}.d.ts`;

/** Types that compute others. The report shows their result instead. */
const COMPUTING = new Set(["RowOf", "FactsOf", "InputsOf", "DefinitionOf", "Flat", "Query", "Arguments"]);

const FORMAT = ts.TypeFormatFlags.NoTruncation;
const EXPANDED: ts.TypeFormatFlags = FORMAT | ts.TypeFormatFlags.InTypeAlias;

/** The exports of the package's entries, and the names in their declarations that nobody can import. */
export interface ApiReport {
  text: string;
  forgotten: string[];
}

/**
 * Reads the built declarations the way a user's compiler does.
 *
 * @param queries names of the queries, whose computed arguments and answers are written in full
 */
export function apiReport(queries: readonly string[]): ApiReport {
  const computed = `${root}dist/src/report.ts`;
  const lines = queries.flatMap((name) => [
    `export type arguments_of_${name} = import("./index.js").QueryArguments<"${name}">;`,
    `export type answer_of_${name} = import("./index.js").QueryAnswer<"${name}">;`,
  ]);
  const options: ts.CompilerOptions = {
    ...{ module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, strict: true, noEmit: true, types: ["node"] },
    ...{ exactOptionalPropertyTypes: true, skipLibCheck: true },
  };
  const host = ts.createCompilerHost(options);
  const onDisk = { ...host };
  host.fileExists = (file) => file === computed || onDisk.fileExists(file);
  host.getSourceFile = (file, target) =>
    file === computed
      ? ts.createSourceFile(file, lines.join("\n"), ts.ScriptTarget.ES2023)
      : onDisk.getSourceFile(file, target);
  const files = [entry("index"), entry("replica"), computed];
  return reportOf(ts.createProgram(files, options, host), computed);
}

/** Writes types as an importer sees them: by name if they can be imported, otherwise in full. */
class Writer {
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly exported: ReadonlySet<ts.Symbol>,
  ) {}

  describe(symbol: ts.Symbol): string {
    const { checker } = this;
    const { flags, name } = symbol;
    if (flags & ts.SymbolFlags.Function) {
      const signatures = checker.getTypeOfSymbol(symbol).getCallSignatures();
      return signatures.map((one) => `function ${name}${checker.signatureToString(one, undefined, FORMAT)}`).join("\n");
    }
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    if (flags & ts.SymbolFlags.Class) {
      const made = checker.getTypeOfSymbol(symbol).getConstructSignatures();
      const heads = made.map((one) => `new ${checker.signatureToString(one, undefined, FORMAT)}`);
      return `class ${name} ${this.block([...heads, ...this.members(type)])}`;
    }
    const declaration = symbol.declarations?.[0];
    if (declaration !== undefined && ts.isInterfaceDeclaration(declaration)) {
      const { typeParameters = [], heritageClauses = [] } = declaration;
      const parameters =
        typeParameters.length === 0 ? "" : `<${typeParameters.map((one) => one.getText()).join(", ")}>`;
      const bases = heritageClauses.map((clause) => ` ${clause.getText()}`).join("");
      return `interface ${name}${parameters}${bases} ${this.block(this.members(type))}`;
    }
    if (
      declaration !== undefined &&
      ts.isTypeAliasDeclaration(declaration) &&
      declaration.typeParameters !== undefined
    ) {
      return `type ${checker.typeToString(type, undefined, FORMAT)}`;
    }
    return `type ${name} = ${this.body(type)}`;
  }

  private block(lines: readonly string[]): string {
    return `{\n${lines.map((line) => `  ${line.replaceAll("\n", "\n  ")};\n`).join("")}}`;
  }

  /** Properties declared by the package; those of built-in classes are omitted. */
  private members(type: ts.Type): string[] {
    const own = this.checker.getPropertiesOfType(type).filter(({ declarations = [] }) => {
      return !declarations.every((one) => /[/\\](?:typescript|@types)[/\\]/.test(one.getSourceFile().fileName));
    });
    const lines = own.map((property) => {
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      const name = property.name.replace(/^__@(\w+)@\d+$/, "[Symbol.$1]");
      return `${name}${isOptional ? "?" : ""}: ${this.text(this.checker.getTypeOfSymbol(property))}`;
    });
    const indexes = this.checker
      .getIndexInfosOfType(type)
      .map(({ type: value }) => `[key: string]: ${this.text(value)}`);
    return [...lines, ...indexes];
  }

  private text(type: ts.Type): string {
    const named = type.aliasSymbol ?? type.symbol;
    const isNamed = (named as ts.Symbol | undefined) !== undefined && this.exported.has(named);
    return isNamed ? named.name : this.body(type);
  }

  private body(type: ts.Type): string {
    const { checker } = this;
    const plain = () => checker.typeToString(type, undefined, EXPANDED);
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type as ts.TypeReference);
      const text = item === undefined ? "" : this.text(item);
      return / \| /.test(text) && !text.startsWith("{") ? `(${text})[]` : `${text}[]`;
    }
    if (type.isUnion() && type.types.some((one) => isObject(one) && !isBuiltIn(one))) {
      return type.types.map((one) => this.text(one)).join(" | ");
    }
    if (!isObject(type) || type.getCallSignatures().length > 0 || isBuiltIn(type)) return plain();
    return this.block(this.members(type));
  }
}

function isObject(type: ts.Type): boolean {
  return (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
}

function isBuiltIn({ symbol }: ts.Type): boolean {
  const { declarations = [] } = (symbol as ts.Symbol | undefined) ?? {};
  return (
    declarations.some((one) => /[/\\](?:typescript|@types)[/\\]/.test(one.getSourceFile().fileName)) &&
    symbol.name !== "__type"
  );
}

function reportOf(program: ts.Program, computed: string): ApiReport {
  const checker = program.getTypeChecker();
  const exportsOf = (file: string): ts.Symbol[] => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} is not a module`);
    return checker
      .getExportsOfModule(module)
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const entries = ["index", "replica"].map((name) => ({ name, symbols: exportsOf(entry(name)) }));
  const exported = new Set(entries.flatMap(({ symbols }) => symbols));
  const writer = new Writer(checker, exported);
  const sections = [...entries, { name: "queries", symbols: exportsOf(computed) }].map(({ name, symbols }) =>
    [`# ${name}`, ...symbols.map((symbol) => writer.describe(symbol))].join("\n\n"),
  );
  return { text: `${sections.join("\n\n")}\n`, forgotten: [...namesUsed(checker, exported)].sort() };
}

/** Names of the package's own types in the declarations that are not in `exported`. */
function namesUsed(checker: ts.TypeChecker, exported: ReadonlySet<ts.Symbol>): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    const found = name && checker.getSymbolAtLocation(name);
    if (found !== undefined) {
      const used = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
      const isOwn = used.declarations?.some((one) => one.getSourceFile().fileName.startsWith(`${root}dist/`)) === true;
      const isParameter = (used.flags & ts.SymbolFlags.TypeParameter) !== 0;
      if (isOwn && !isParameter && !exported.has(used) && !COMPUTING.has(used.name)) names.add(used.name);
    }
    ts.forEachChild(node, visit);
  };
  for (const { declarations = [] } of exported) declarations.forEach(visit);
  return names;
}
