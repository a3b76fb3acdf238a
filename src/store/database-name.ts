import { KithError } from '../lib/errors.ts';

const PREFIX = 'kith_';

/** What the names of a tenant's databases begin with; of a Kith that has but one tenant, where none is given. */
export function databasePrefix(tenant: string | null): string {
  // Two underscores: what a portal id becomes has never two in a row.
  return tenant === null ? PREFIX : `${PREFIX}_${safely(tenant)}__`;
}

/**
 * The prefix and the portal id, injectively: bytes other than a–z and 0–9 become `_` and two hex digits, so that two portals
 * or tenants can never share a database and the id can be read back.
 */
export function databaseName(portalId: string, tenant: string | null = null): string {
  if (portalId === '')
    throw new KithError('config', {
      en: 'A portal id is empty; every portal needs its own id',
      zh: '门户编号为空；每个门户都需要自己的编号',
    });
  const safe = safely(portalId);
  // The engine makes a file of it.
  if (safe.length > 200)
    throw new KithError('config', {
      en: `The portal id "${portalId.slice(0, 40)}…" is too long; use at most 60 characters`,
      zh: `门户编号“${portalId.slice(0, 40)}…”过长；请不超过 60 个字符`,
    });
  const name = databasePrefix(tenant) + safe;
  if (name.length > 220)
    throw new KithError('config', {
      en: `The names of tenant "${tenant}" and of its portal are too long; use a shorter one`,
      zh: `租户“${tenant}”及其门户的名称过长；请使用更短的名称`,
    });
  return name;
}

function safely(name: string): string {
  return [...Buffer.from(name, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9]/.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

/** The portal id of a database that `databaseName` named for this tenant; null for any other, whoever's it is. */
export function portalIdOf(database: string, tenant: string | null = null): string | null {
  const prefix = databasePrefix(tenant);
  const safe = database.slice(prefix.length);
  if (!database.startsWith(prefix) || !/^(?:[a-z0-9]|_[0-9a-f]{2})+$/.test(safe)) return null;
  const bytes = safe
    .match(/_[0-9a-f]{2}|[a-z0-9]/g)!
    .map((unit) => (unit.length === 3 ? Number.parseInt(unit.slice(1), 16) : unit.charCodeAt(0)));
  return Buffer.from(bytes).toString('utf8');
}
