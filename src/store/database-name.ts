import { KithError } from '../lib/errors.ts';

const PREFIX = 'kith_';

/**
 * `kith_` and the portal id, injectively: bytes other than a–z and 0–9 become `_` and two hex digits, so that two portals
 * can never share a database and the id can be read back.
 */
export function databaseName(portalId: string): string {
  if (portalId === '') throw new KithError('config', 'A portal id is empty; every portal needs its own id');
  const safe = [...Buffer.from(portalId, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9]/.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  // The engine makes a file of it.
  if (safe.length > 200)
    throw new KithError('config', `The portal id "${portalId.slice(0, 40)}…" is too long; use at most 60 characters`);
  return PREFIX + safe;
}

/** The portal id of a database that `databaseName` named; null for any other. */
export function portalIdOf(database: string): string | null {
  const safe = database.slice(PREFIX.length);
  if (!database.startsWith(PREFIX) || !/^(?:[a-z0-9]|_[0-9a-f]{2})+$/.test(safe)) return null;
  const bytes = safe
    .match(/_[0-9a-f]{2}|[a-z0-9]/g)!
    .map((unit) => (unit.length === 3 ? Number.parseInt(unit.slice(1), 16) : unit.charCodeAt(0)));
  return Buffer.from(bytes).toString('utf8');
}
