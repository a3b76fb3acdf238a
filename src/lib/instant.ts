const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2}))?$/;
const EPOCH_MS = /^-?\d{11,14}$/;

/**
 * Epoch milliseconds of an ISO 8601 instant with a zone, of a date alone (midnight UTC, as CRMs keep dates), or of epoch
 * milliseconds written out. Null when it is none of these, or names a day or an hour that does not exist.
 */
export function instantOf(text: string): number | null {
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
