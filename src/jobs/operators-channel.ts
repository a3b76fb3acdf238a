import type { PortalState } from '../state/portal-state.ts';

/** Where there is no channel of their own, those who keep the figures hear of Kith's troubles, else those who work with them. */
const OTHERWISE = ['finance', 'sales', 'service', 'marketing'] as const;

/** The channel of those who look after Kith; null when no channel is set at all. */
export function operatorsChannel({ adminChannel, channels }: PortalState): string | null {
  if (adminChannel !== null) return adminChannel;
  const department = OTHERWISE.find((name) => channels[name] !== undefined);
  return (department === undefined ? undefined : channels[department]) ?? null;
}
