import fc from "fast-check";

/**
 * What a file of the grammar starts from: a database of this package with rows, one that another system made for
 * `import`, or an empty one.
 */
export const BEGINNINGS = ["store", "foreign", "empty"] as const;

/** A file that DuckDB can make. */
export interface HostileFile {
  readonly beginning: (typeof BEGINNINGS)[number];
  /** Run one after the other; statements that DuckDB refuses are skipped. */
  readonly statements: readonly string[];
}

/** Names that the grammar draws from. */
export interface Names {
  /** Path of a file whose text must never show up. */
  canary: string;
  /** This project's tables and its view. */
  own: readonly string[];
  /** Columns of the tables, as `table.column`, with their types. */
  columns: readonly { table: string; name: string; type: string }[];
  /** DuckDB's functions. */
  functions: readonly string[];
}

/** Functions that the package's SQL calls, by name or as an operator; drawn more often than DuckDB's other ones. */
const CALLED =
  "count count_star sum min max coalesce url_encode strftime || + - // // ~~ isfinite list_value unnest range duckdb_tables duckdb_views duckdb_columns duckdb_functions epoch_ms epoch_us chr concat concat_ws format list_sort string_agg generate_series make_timestamp arg_max greatest row_number lag any_value list histogram read_text current_database lower date_diff to_days now today bool_or struct_pack";

/**
 * Expressions that take forever, or more memory than there is, at run time: DuckDB evaluates constant ones while it
 * parses them.
 */
const ENDLESS = [
  "(SELECT count(*) FROM range(100000000000) AS a)",
  "(SELECT sum(a.range + b.range) FROM range(100000000) AS a, range(100000000) AS b)",
  "(SELECT length(string_agg(repeat('x', 1000))) FROM range(100000000000) AS a)",
  "(SELECT len(list(a.range)) FROM range(100000000000) AS a)",
];

/** Texts that somebody could take for names, commands, paths or properties. */
const TEXTS = [
  "",
  "=1+1",
  "@SUM(A1)",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "BTCUSDT",
  "btcusdt",
  "BTCUSDT_SETTLED",
  "BTCUSDT_231229",
  "币安人生USDT",
  "a'b\"c",
  "\u001b[2J",
  "\u009b31m",
  "\u202eTDSU",
  "a\nb",
  "https://u:p@evil.example/",
  "X".repeat(70_000),
];

const DATES = [
  ...["'infinity'::DATE", "'-infinity'::DATE", "DATE '1500-01-01'", "DATE '9999-12-31'", "DATE '2024-03-02'"],
  ...["'5877642-06-25 (BC)'::DATE", "'5881580-07-10'::DATE", "DATE '1969-12-31'", "current_date + 400", "NULL"],
];
const TIMES = [
  "'infinity'",
  "'-infinity'",
  "'1500-01-01'",
  "'9999-12-31'",
  "'290309-12-22 (BC)'",
  "'2024-03-02'",
  "NULL",
];
const WHOLE = ["-5", "-1", "0", "1", "200", "404", "999", "32767", "2147483647", "9223372036854775807", "NULL"];

/** A value of a type; most are odd. */
function value(type: string): fc.Arbitrary<string> {
  if (type === "DATE") return fc.constantFrom(...DATES);
  if (type.startsWith("TIMESTAMP")) return fc.constantFrom(...TIMES).map((text) => `${text}::${type}`);
  if (type === "VARCHAR") return fc.constantFrom(...TEXTS.map(literal), "chr(0)", "NULL");
  if (type === "BOOLEAN") return fc.constantFrom("true", "false", "NULL");
  return fc.constantFrom(...WHOLE);
}

/** Some of the rows. */
const where = fc.constantFrom("", " WHERE true", " WHERE hash(rowid) % 2 = 0", " WHERE rowid < 3");

/** An expression; most of them read something or never end. */
function expression({ canary }: Names): fc.Arbitrary<string> {
  const path = literal(canary);
  return fc.constantFrom(
    "42",
    "NULL",
    "'text'",
    "true",
    "DATE '2024-03-01'",
    "error('boom')",
    "CAST('x' AS INTEGER)",
    `(SELECT content FROM read_text(${path}))`,
    `(SELECT content::VARCHAR FROM read_blob(${path}))`,
    `(SELECT any_value(column0) FROM read_csv(${path}, header = false))`,
    `(SELECT string_agg(file) FROM glob('/etc/host*'))`,
    "getenv('HOME')",
    "current_setting('temp_directory')",
    ...ENDLESS,
  );
}

/** The body of a view or a table macro. */
function relation(names: Names): fc.Arbitrary<string> {
  const path = literal(names.canary);
  return fc.oneof(
    fc.constantFrom(
      `SELECT * FROM read_text(${path})`,
      `SELECT * FROM read_csv(${path}, header = false)`,
      `FROM ${path}`,
      "SELECT * FROM availability",
      "SELECT 1 AS table_name, 2 AS sql, 3 AS database_name, 4 AS schema_name, 5 AS schema_version",
      "SELECT * FROM range(100000000000) AS a, range(100000000000) AS b",
    ),
    expression(names).map((text) => `SELECT ${text} AS symbol, DATE '2024-03-01' AS date, true AS available`),
  );
}

/** A scalar or table macro, under a name of ours, of DuckDB's or another one. */
function macro(names: Names): fc.Arbitrary<string> {
  const name = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...CALLED.split(" ")) },
    { weight: 1, arbitrary: fc.constantFrom(...names.functions) },
    { weight: 1, arbitrary: fc.constantFrom("my_own", "MY OWN", ...names.own) },
  );
  const parameters = fc.constantFrom("()", "(a)", "(a, b)", "(a, b := 1)", "(a, b, c)");
  const scalar = fc
    .tuple(name, fc.array(fc.tuple(parameters, expression(names)), { minLength: 1, maxLength: 3 }))
    .map(([name, bodies]) => `CREATE MACRO ${quoted(name)} ${bodies.map(([p, body]) => `${p} AS ${body}`).join(", ")}`);
  const table = fc
    .tuple(name, parameters, relation(names))
    .map(([name, given, body]) => `CREATE MACRO ${quoted(name)} ${given} AS TABLE ${body}`);
  return fc.oneof({ weight: 2, arbitrary: scalar }, { weight: 1, arbitrary: table });
}

/** A view in place of something of ours or of one of DuckDB's own views, or beside them. */
function view(names: Names): fc.Arbitrary<string> {
  const ours = fc.constantFrom(...names.own, ...names.own.map((name) => name.toUpperCase()));
  const name = fc.oneof(ours, fc.constantFrom("duckdb_tables", "pg_tables", "stage", "incoming", "candidates", "v"));
  const taken = fc.constantFrom("DROP TABLE %; ", "ALTER TABLE % RENAME TO former; ", "DROP VIEW %; ", "");
  return fc
    .tuple(name, taken, relation(names))
    .map(([name, before, body]) => `${before.replace("%", name)}CREATE VIEW ${quoted(name)} AS ${body}`);
}

/** A change to one of our tables: other columns, types, code in it. */
function shape(names: Names): fc.Arbitrary<string> {
  const column = fc.constantFrom(...names.columns);
  const type = fc.constantFrom(
    "VARCHAR",
    "INTEGER",
    "DOUBLE",
    "DATE",
    "BLOB",
    "INTEGER[]",
    "STRUCT(a INTEGER)",
    "JSON",
  );
  const text = expression(names);
  const change = fc
    .tuple(column, type, text)
    .chain(([{ table, name }, type, text]) =>
      fc.constantFrom(
        `ALTER TABLE ${table} ADD COLUMN extra ${type}`,
        `ALTER TABLE ${table} ADD COLUMN extra VARCHAR DEFAULT ${text}`,
        `ALTER TABLE ${table} DROP COLUMN ${quoted(name)}`,
        `ALTER TABLE ${table} RENAME COLUMN ${quoted(name)} TO other`,
        `ALTER TABLE ${table} ALTER ${quoted(name)} TYPE ${type}`,
        `ALTER TABLE ${table} ALTER ${quoted(name)} SET DEFAULT ${text}`,
        `ALTER TABLE ${table} ALTER ${quoted(name)} DROP NOT NULL`,
        `CREATE INDEX i ON ${table} (${quoted(name)})`,
        `CREATE UNIQUE INDEX u ON ${table} (${quoted(name)})`,
        `CREATE INDEX e ON ${table} ((${quoted(name)} IS NULL))`,
        `COMMENT ON TABLE ${table} IS 'a comment'`,
        `DROP TABLE ${table}`,
        `CREATE TABLE copied AS FROM ${table}; DROP TABLE ${table}; CREATE TABLE ${table} AS FROM copied`,
      ),
    );
  const generated = fc
    .tuple(expression(names), fc.constantFrom("availability", "daily_availability", "store_info", "symbols"))
    .map(
      ([text, table]) =>
        `DROP VIEW IF EXISTS daily_availability; DROP TABLE ${table}; CREATE TABLE ${table} (date DATE, name VARCHAR,
          symbol VARCHAR GENERATED ALWAYS AS (${text.startsWith("(SELECT") ? "stolen()" : text}), schema_version INTEGER,
          available BOOLEAN, file_size_bytes BIGINT, last_modified TIMESTAMP, status_code INTEGER, probe_timestamp TIMESTAMP)`,
    );
  return fc.oneof({ weight: 4, arbitrary: change }, { weight: 1, arbitrary: generated });
}

/** Odd values in the existing tables. */
function values(names: Names): fc.Arbitrary<string> {
  return fc.constantFrom(...names.columns).chain(({ table, name, type }) =>
    fc.oneof(
      fc.tuple(value(type), where).map(([to, some]) => `UPDATE ${table} SET ${quoted(name)} = ${to}${some}`),
      fc.constantFrom(`INSERT INTO ${table} FROM ${table} LIMIT 3`, `DELETE FROM ${table} WHERE rowid < 2`),
    ),
  );
}

/** What users may keep beside our tables. */
function beside(names: Names): fc.Arbitrary<string> {
  return expression(names).chain((text) =>
    fc.constantFrom(
      "CREATE SCHEMA system; CREATE TABLE system.t (a INTEGER)",
      "CREATE SCHEMA temp",
      "CREATE SEQUENCE s",
      "CREATE TYPE mood AS ENUM ('sad')",
      `CREATE TABLE notes (a INTEGER, b VARCHAR DEFAULT ${text}); INSERT INTO notes (a) VALUES (1)`,
      `CREATE TABLE computed (a INTEGER, b VARCHAR GENERATED ALWAYS AS (repeat('x', a * 100000000))); INSERT INTO computed VALUES (1)`,
      "CREATE MACRO sure(x) AS true; CREATE TABLE checked (a INTEGER CHECK (sure(a))); INSERT INTO checked VALUES (1); CREATE OR REPLACE MACRO sure(x) AS len(range(x * 30000000)) > 0",
      "CREATE TABLE refers (date DATE REFERENCES daily_symbol_counts (date)); INSERT INTO refers SELECT date FROM daily_symbol_counts LIMIT 1",
      "CREATE TABLE stage (a INTEGER); CREATE TABLE incoming (a INTEGER); CREATE TABLE candidates (a INTEGER); CREATE TABLE rows (a INTEGER)",
      'CREATE TABLE "a\'b""c" ("__proto__" INTEGER); INSERT INTO "a\'b""c" VALUES (1)',
    ),
  );
}

/** Files of the grammar. */
export function hostileFiles(names: Names): fc.Arbitrary<HostileFile> {
  const statement = fc.oneof(
    { weight: 4, arbitrary: values(names) },
    { weight: 3, arbitrary: macro(names) },
    { weight: 1, arbitrary: view(names) },
    { weight: 1, arbitrary: shape(names) },
    { weight: 1, arbitrary: beside(names) },
  );
  return fc.record({
    beginning: fc.constantFrom("store", "store", "store", ...BEGINNINGS),
    statements: fc.array(statement, { minLength: 1, maxLength: 5 }),
  });
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
