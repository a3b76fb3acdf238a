import type { CopiedProperties } from '../domain/crm.ts';
import type { PortalState } from './portal-state.ts';

/** The properties that people named and that a sync therefore copies beside its own. */
export function copiedProperties({ churnProperty, contracts }: PortalState): CopiedProperties {
  return {
    ...(churnProperty === null ? {} : { [churnProperty.object]: [churnProperty.property] }),
    ...(contracts.endProperty === null ? {} : { deals: [contracts.endProperty] }),
  };
}
