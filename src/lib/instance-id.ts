import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

/** Names the Kith of one data folder on one machine, the same in each of its processes; it tells nothing about either. */
export function instanceId(dataDir: string): string {
  return createHash('sha256').update(`${hostname()}\n${dataDir}`).digest('hex').slice(0, 16);
}
