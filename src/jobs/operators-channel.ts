import type { PortalState } from '../state/portal-state.ts';

/** Where there is no channel of their own, those who keep the figures hear of Kith's troubles, else those who work with them. */
const OTHERWISE = ['finance', 'sales', 'service', 'marketing'] as const;

/** The channel of those who look after Kith, other than those that refuse; null when none is set or left. */
export function operatorsChannel(
  { adminChannel, channels }: PortalState,
  refusing: ReadonlySet<string> = new Set(),
): string | null {
  const all = [adminChannel, ...OTHERWISE.map((name) => channels[name])];
  return all.find((id) => id != null && !refusing.has(id)) ?? null;
}
