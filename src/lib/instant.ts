const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2}))?$/;
const EPOCH_MS = /^-?\d{11,14}$/;

/**
 * Epoch milliseconds of an ISO 8601 instant with a zone, of a date alone (midnight UTC, as CRMs keep dates), or of epoch
 * milliseconds written out. Null when it is none of these, or names a day or an hour that does not exist.
 */
export function instantOf(text: string): number | null {
  return usualInstant(text) ?? anyInstant(text);
}

/** `2026-01-31T09:30:00.000Z`, as most of them are written, without what a pattern makes of each; null for any other text. */
function usualInstant(text: string): number | null {
  if (text.length !== 24 || text[10] !== 'T' || text[19] !== '.' || text[23] !== 'Z') return null;
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return null;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  const [hour, minute, second] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)];
  const milliseconds = digits(text, 20, 23);
  // Every month has as many days; years of two digits would mean others.
  if (!(year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 28)) return null;
  if (!(hour <= 23 && minute <= 59 && second <= 59 && milliseconds >= 0)) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
}

/** A whole number written in digits alone; not a number where anything else stands. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function anyInstant(text: string): number | null {
  const match = ISO.exec(text);
  if (match === null) {
    return EPOCH_MS.test(text) ? Number(text) : null;
  }
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(midnight).getUTCDate() !== Number(day) || new Date(midnight).getUTCMonth() !== Number(month) - 1) {
    return null;
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return null;
  }
  const milliseconds = Math.floor(Number(`0.${fraction}`) * 1000);
  const time = Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000 + milliseconds;
  return midnight + time - offsetOf(zone);
}

function offsetOf(zone: string): number {
  if (zone === 'Z') {
    return 0;
  }
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
