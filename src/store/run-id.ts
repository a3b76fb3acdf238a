import { randomBytes } from 'node:crypto';

/** A UUID version 7 (RFC 9562): its first 48 bits are the instant, so later runs have greater ids as text too. */
export function newRunId(instant: number): string {
  const time = Math.max(0, Math.trunc(instant)).toString(16).padStart(12, '0');
  const random = randomBytes(10);
  random[0] = (random[0]! & 0x0f) | 0x70;
  random[2] = (random[2]! & 0x3f) | 0x80;
  const tail = random.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
}

/** The instant of a run id, in milliseconds. */
export function instantOfRunId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
