/** Structure of a JSON value: keys, with kinds instead of values; each kind of array element appears once. */
export type Shape = string | { readonly [key: string]: Shape } | readonly Shape[];

/** The shape of a JSON value. Texts that are dates (`YYYY-MM-DD`) or times (ISO 8601 with `Z`) count as such. */
export function shapeOf(value: unknown): Shape {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    const shapes = new Map(value.map((element) => [JSON.stringify(shapeOf(element)), shapeOf(element)]));
    return [...shapes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shape]) => shape);
  }
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shapeOf(member)]));
  }
  if (typeof value !== "string") return typeof value;
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return "date";
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value) ? "time" : "string";
}
