import type { Instant } from './domain/crm.ts';
import { connectionFile } from './store/connection-file.ts';
import { installationFile } from './store/installation-file.ts';
import { tenantDataDir } from './tenants.ts';

/**
 * Whose a workspace or a portal is, of the tenants that have one app in common. It keeps nothing of its own: the connections in the
 * tenants' folders say it, in the clear beside what is sealed, and a process reads those of its neighbours too.
 */
export interface TenantDirectory {
  /** Null for nobody's. */
  ofTeam(teamId: string): Promise<string | null>;
  ofPortal(portalId: string): Promise<string | null>;
  /** Looks anew at the next question: something was connected. */
  renew(): void;
}

/** What is not found is looked for again after so long: another process may have connected it. */
const AGAIN_MS = 2_000;
const noKeys = async (): Promise<never[]> => [];

export function createTenantDirectory(options: {
  readonly dataDir: string;
  /** The tenants, of every process, that have the app in common. */
  readonly sharing: (app: 'slack' | 'hubspot') => Iterable<string>;
  readonly now: () => Instant;
}): TenantDirectory {
  const teamOf = (name: string) => installationFile(tenantDataDir(options.dataDir, name), noKeys).owner();
  const portalOf = (name: string) => connectionFile(tenantDataDir(options.dataDir, name), noKeys).owner();
  const teams = createIndex(() => options.sharing('slack'), teamOf, options.now);
  const portals = createIndex(() => options.sharing('hubspot'), portalOf, options.now);
  return {
    ofTeam: teams.find,
    ofPortal: portals.find,
    renew() {
      teams.renew();
      portals.renew();
    },
  };
}

function createIndex(
  names: () => Iterable<string>,
  ownerOf: (name: string) => Promise<string | null>,
  now: () => Instant,
): { find(owner: string): Promise<string | null>; renew(): void } {
  let known = new Map<string, string>();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  async function read(): Promise<void> {
    const found = new Map<string, string>();
    const at = now();
    for (const name of names()) {
      const owner = await ownerOf(name);
      // The first by name, should two say the same.
      if (owner !== null && !found.has(owner)) found.set(owner, name);
    }
    known = found;
    readAt = at;
  }

  return {
    async find(owner) {
      const name = known.get(owner);
      if (name !== undefined && (await ownerOf(name)) === owner) return name;
      if (name === undefined && now() - readAt < AGAIN_MS) return null;
      reading ??= read().finally(() => {
        reading = null;
      });
      await reading;
      return known.get(owner) ?? null;
    },
    renew() {
      readAt = Number.NEGATIVE_INFINITY;
    },
  };
}
