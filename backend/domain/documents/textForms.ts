import { isDate } from "../records/fieldRules.ts";

/** RFC 3986, appendix A: unreserved, sub-delims, percent-encoded; with `:` and `@` a path character. */
const CHARACTER = String.raw`(?:[a-z0-9\-._~!$&'()*+,;=]|%[0-9a-f]{2})`;
const PATH_CHARACTER = `(?:${CHARACTER}|[:@])`;
const AUTHORITY = String.raw`(?:(?:${CHARACTER}|:)*@)?(?:\[([^\]]*)\]|${CHARACTER}*)(?::\d*)?`;
const SEGMENTS = `(?:/${PATH_CHARACTER}*)*`;
const HIERARCHY = `(?://?${AUTHORITY}${SEGMENTS}|/(?:${PATH_CHARACTER}+${SEGMENTS})?|${PATH_CHARACTER}+${SEGMENTS})`;
const TAIL = `(?:${PATH_CHARACTER}|[/?])*`;
const URI = new RegExp(String.raw`^[a-z][a-z0-9+\-.]*:${HIERARCHY}(?:\?${TAIL})?(?:#${TAIL})?$`, "i");

const GROUP = /^[0-9a-f]{1,4}$/i;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|[01]?\d\d?)\.){3}(?:25[0-5]|2[0-4]\d|[01]?\d\d?)$/;
const IP_FUTURE = /^v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+,;=:]+$/i;

/**
 * True for an absolute URI (RFC 3986) as the usual JSON Schema validators read `format: uri`: something must follow
 * the scheme.
 */
export function isUri(text: string): boolean {
  const match = URI.exec(text);
  return match !== null && (match[1] === undefined || isBracketedHost(match[1]));
}

function isBracketedHost(host: string): boolean {
  if (IP_FUTURE.test(host)) return true;
  const halves = host.split("::");
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1) ?? "";
  const hasIpv4 = IPV4.test(last);
  const width = groups.length + (hasIpv4 ? 1 : 0);
  const plain = hasIpv4 ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => GROUP.test(group)) || (hasIpv4 && host.endsWith("::"))) return false;
  return halves.length === 2 ? width <= 7 : halves.length === 1 && width === 8;
}

const MOMENT = /^(\d{4}-\d\d-\d\d)[T\s](\d\d):(\d\d):(\d\d(?:\.\d+)?)(?:Z|([+-])(\d\d)(?::?(\d\d))?)$/i;

/** True for a moment (RFC 3339, 5.6), leap seconds at the end of a UTC day included; an offset may be `+hh` or `+hhmm`. */
export function isDateTime(text: string): boolean {
  const [, date = "", hours, minutes, seconds, sign, offsetHours = 0, offsetMinutes = 0] = MOMENT.exec(text) ?? [];
  if (!isDate(date) || Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return false;
  const [hour, minute, second] = [Number(hours), Number(minutes), Number(seconds)];
  if (hour <= 23 && minute <= 59 && second < 60) return true;
  const direction = sign === "-" ? -1 : 1;
  const utcMinute = minute - Number(offsetMinutes) * direction;
  const utcHour = hour - Number(offsetHours) * direction - (utcMinute < 0 ? 1 : 0);
  const endsHour = utcMinute === 59 || utcMinute === -1;
  return endsHour && (utcHour === 23 || utcHour === -1) && second < 61;
}
