/**
 * How often a costly property runs: so many times in the suite, and so many times more by `npm run test:long`.
 *
 * @param suite - runs in the suite
 */
export function propertyRuns(suite: number): number {
  return suite * Number(process.env["BFA_PROPERTY_TIMES"] ?? "1");
}
