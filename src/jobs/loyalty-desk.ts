import { isoDay } from '../features/calendar.ts';
import { zonedDay } from '../features/zoned-day.ts';
import type { Audit } from '../ledger/audit.ts';
import { auditHash } from '../ledger/audit-hash.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** A tier that a person gave to a customer. */
export interface TierOverride {
  readonly customerId: string;
  /** 0 lowest, 3 highest. */
  readonly tier: number;
  /** The last day on which it holds, `YYYY-MM-DD`; until somebody removes it when null. */
  readonly until: string | null;
  /** Who gave it. */
  readonly by: string;
}

/** The tiers that people gave, for one person. Whoever calls `set` or `remove` has checked that the person may. */
export interface LoyaltyDesk {
  /** Those that still hold today. */
  list(): readonly TierOverride[];
  /** Holds from the next run on. */
  set(override: Pick<TierOverride, 'customerId' | 'tier' | 'until'>): Promise<void>;
  /** False where there was none. */
  remove(customerId: string): Promise<boolean>;
}

export function createLoyaltyDesk(options: {
  portal: Pick<PortalStore, 'crm'>;
  audit: Pick<Audit, 'append'>;
  actor: string;
  now: () => number;
  timeZone: string;
  state: () => PortalState;
  updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
}): LoyaltyDesk {
  const { portal, audit, actor, now, timeZone, state, updateState } = options;
  const holds = ({ until }: { until: string | null }): boolean =>
    until === null || until >= isoDay(zonedDay(now(), timeZone));
  // A customer may be a person, and nothing of a person's stays in the audit: a keyed hash tells two customers apart.
  const tell = async (customerId: string, before: unknown, after: unknown): Promise<void> => {
    const customer = await auditHash(portal, customerId);
    const details = { customer, before, after };
    await audit.append({ actor, act: 'changed-settings', subject: 'tierOverrides', details });
  };

  return {
    list: () =>
      Object.entries(state().tierOverrides)
        .filter(([, override]) => holds(override))
        .map(([customerId, override]) => ({ customerId, ...override })),

    async set({ customerId, tier, until }) {
      const before = state().tierOverrides[customerId] ?? null;
      const after = { tier, until, by: actor };
      // Those that are over go when another comes.
      await updateState((current) => ({
        ...current,
        tierOverrides: {
          ...Object.fromEntries(Object.entries(current.tierOverrides).filter(([, override]) => holds(override))),
          [customerId]: after,
        },
      }));
      await tell(customerId, before, after);
    },

    async remove(customerId) {
      const before = state().tierOverrides[customerId];
      if (before === undefined) return false;
      await updateState((current) => {
        const { [customerId]: _removed, ...tierOverrides } = current.tierOverrides;
        return { ...current, tierOverrides };
      });
      await tell(customerId, before, null);
      return true;
    },
  };
}
