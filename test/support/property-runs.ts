/**
 * Number of runs of a costly property: `suite` in the test suite, and a multiple of it in `npm run test:long`.
 *
 * @param suite - runs in the suite
 */
export function propertyRuns(suite: number): number {
  return suite * Number(process.env["BFA_PROPERTY_TIMES"] ?? "1");
}
