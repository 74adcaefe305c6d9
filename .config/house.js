/**
 * The architecture as lint rules: which room may import which, no import cycles, and only the CLI uses the terminal.
 * docs/architecture.md shows the same map.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";

/** The rooms that each room may import in addition to itself. Every room must be listed here. */
const IMPORTS = arrows({
  errors: [],
  text: [],
  calendar: ["errors", "text"],
  vision: ["calendar"],
  rows: ["vision"],
  options: ["vision"],
  probe: ["rows"],
  store: ["rows"],
  replica: ["vision"],
  // `workers/` are this room's entries; one of them runs the replica.
  threads: ["probe", "store", "replica"],
  run: ["threads", "options"],
  query: ["threads", "options"],
  check: ["query"],
  publish: ["query"],
  files: ["query"],
  // The page of a publication: its source is bundled for browsers.
  web: ["publish"],
  // Benches measure the library as its users import it.
  bench: ["door", "run", "check", "publish"],
  cli: ["run", "check", "publish", "files"],
  // The files directly in src/: the library.
  door: ["run", "check", "publish", "files"],
});

/** Imports allowed only as `import()`, for code that is loaded on demand. */
const DYNAMIC_IMPORTS = { cli: ["bench"] };

/** Folders that contain rooms and make up the import graph. */
const FOLDERS = ["src", "workers", "bench", "web"];

/** Properties of `process` that only the CLI may use. */
const TERMINAL = /^(?:argv|exit.*|stdin|stdout|stderr)$/;

/** Adds to each room what its neighbours may import, since the arrows of a diagram are transitive. */
function arrows(neighbours) {
  const reach = (room, seen = new Set()) => {
    for (const next of neighbours[room]) {
      if (seen.has(next)) continue;
      seen.add(next);
      reach(next, seen);
    }
    return seen;
  };
  return Object.fromEntries(Object.keys(neighbours).map((room) => [room, reach(room)]));
}

/** The room of a file below `root`, or undefined for a file outside all rooms (tests, configuration). */
function roomOf(root, file) {
  const [folder, first, ...rest] = relative(root, file).split(sep);
  if (folder === "bench" || folder === "web") return folder;
  if (folder === "workers") return "threads";
  if (folder !== "src" || first === undefined) return undefined;
  if (rest.length > 0) return first;
  return first.startsWith("errors.") ? "errors" : "door";
}

/** The source file that an import refers to, or undefined for a package. */
function targetOf(file, specifier) {
  if (!specifier.startsWith(".")) return undefined;
  return resolve(dirname(file), specifier).replace(/\.js$/, ".ts");
}

/** Calls `onImport` for each import of a file: static, type-only, `export from`, `import()`. */
function importVisitor(onImport) {
  const visit = (source, dynamic) => {
    if (source?.type === "Literal" && typeof source.value === "string") onImport(source, source.value, dynamic);
  };
  return {
    ImportDeclaration: ({ source }) => visit(source, false),
    ExportNamedDeclaration: ({ source }) => visit(source, false),
    ExportAllDeclaration: ({ source }) => visit(source, false),
    ImportExpression: ({ source }) => visit(source, true),
    TSImportType: ({ source }) => visit(source, false),
    TSExternalModuleReference: ({ expression }) => visit(expression, false),
  };
}

const arrowsRule = {
  create(context) {
    const { cwd, filename } = context;
    const room = roomOf(cwd, filename);
    if (room === undefined) return {};
    if (IMPORTS[room] === undefined) {
      return {
        Program: (node) =>
          context.report({ node, message: `'${room}' is not a room of the house: see .config/house.js` }),
      };
    }
    const ownsWorkers = room === "threads" && relative(cwd, filename).startsWith(join("src", "threads"));
    const checkWorker = (node, text) => {
      if (ownsWorkers || !/(?:^|\/)workers\/[^/]+\.js$/.test(text)) return;
      context.report({ node, message: `only src/threads/ may name a worker's file ('${text}')` });
    };
    return {
      ...importVisitor((node, specifier, dynamic) => {
        const target = targetOf(filename, specifier);
        const to = target === undefined ? undefined : roomOf(cwd, target);
        if (to === undefined || to === room || IMPORTS[room].has(to)) return;
        if (dynamic && DYNAMIC_IMPORTS[room]?.includes(to)) return;
        context.report({ node, message: `'${room}' must not import '${to}' ('${specifier}')` });
      }),
      Literal: (node) => {
        if (typeof node.value === "string") checkWorker(node, node.value);
      },
      TemplateElement: (node) => checkWorker(node, node.value.cooked ?? ""),
    };
  },
};

/** Import graphs by root, each read once per lint process. */
const graphs = new Map();

/** Files and the files that they import, including type-only imports. */
function importGraph(root) {
  const known = graphs.get(root);
  if (known !== undefined) return known;
  const graph = new Map();
  for (const folder of FOLDERS) {
    for (const file of sourcesBelow(join(root, folder))) {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
      const targets = importedFiles.map(({ fileName }) => targetOf(file, fileName));
      graph.set(file, new Set(targets.filter((target) => target !== undefined)));
    }
  }
  graphs.set(root, graph);
  return graph;
}

function sourcesBelow(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The shortest path from one file to another, including both, or undefined. */
function pathBetween(graph, from, to) {
  const cameFrom = new Map([[from, undefined]]);
  for (const file of cameFrom.keys()) {
    if (file === to) {
      const path = [];
      for (let step = file; step !== undefined; step = cameFrom.get(step)) path.unshift(step);
      return path;
    }
    for (const next of graph.get(file) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, file);
  }
  return undefined;
}

const circlesRule = {
  create(context) {
    const { cwd, filename } = context;
    if (roomOf(cwd, filename) === undefined) return {};
    const graph = importGraph(cwd);
    return importVisitor((node, specifier) => {
      const target = targetOf(filename, specifier);
      const path = target === undefined ? undefined : pathBetween(graph, target, filename);
      if (path === undefined) return;
      const names = [filename, ...path].map((file) => relative(cwd, file).split(sep).join("/"));
      context.report({ node, message: `files import each other in a cycle: ${names.join(" → ")}` });
    });
  },
};

const terminalRule = {
  create(context) {
    const { cwd, filename } = context;
    const room = roomOf(cwd, filename);
    if (room === undefined || room === "cli" || room === "bench") return {};
    const report = (node, what) => context.report({ node, message: `only src/cli/ may use ${what}` });
    const checkName = (node, name) => {
      if (TERMINAL.test(name)) report(node, `process.${name}`);
    };
    return {
      MemberExpression: (node) => {
        if (node.object.type !== "Identifier") return;
        const name = node.computed ? node.property.value : node.property.name;
        if (node.object.name === "console") report(node, "console");
        else if (node.object.name === "process") checkName(node, String(name));
      },
      VariableDeclarator: ({ id, init }) => {
        if (init?.type !== "Identifier" || init.name !== "process" || id.type !== "ObjectPattern") return;
        for (const property of id.properties) {
          if (property.type === "Property") checkName(property, property.key.name ?? property.key.value);
        }
      },
      ...importVisitor((node, specifier) => {
        if (/^(?:node:)?(?:process|console)$/.test(specifier)) report(node, specifier);
      }),
    };
  },
};

export default { rules: { arrows: arrowsRule, circles: circlesRule, terminal: terminalRule } };
