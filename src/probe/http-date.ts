const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const IMF_FIXDATE = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;

/**
 * An HTTP date (`Fri, 05 Mar 2021 10:12:13 GMT`, the form that RFC 9110 has servers write) in ms since the Unix epoch;
 * NaN for any other text. `Date.parse` would take a bare number for a year and a time without zone for a local one.
 */
export function parseHttpDate(text: string): number {
  const parts = IMF_FIXDATE.exec(text);
  if (parts === null) return NaN;
  const [, day, name, year, hour, minute, second] = parts;
  const month = MONTHS.indexOf(name ?? "");
  const midnight = new Date(Date.UTC(Number(year), month, Number(day)));
  const exists = month >= 0 && midnight.getUTCMonth() === month && midnight.getUTCDate() === Number(day);
  // Second 60 is a leap second, which the Unix epoch counts as the next one.
  if (!exists || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return NaN;
  return midnight.getTime() + (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000;
}
