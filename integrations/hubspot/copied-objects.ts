import type { CopiedProperties } from '../../src/domain/crm.ts';
import { ENGAGEMENT_OBJECTS, engagementProperties } from './engagement-mapping.ts';
import { type ListedType, MAPPINGS } from './mapping.ts';

/** What is read of owners and pipelines, which have no properties. */
const OTHERS = {
  owners: ['email', 'firstName', 'lastName'],
  pipelines: ['label', 'stages'],
} as const;

/** Every object of HubSpot that is copied, with the properties that are: those of the mapping and those that people named. */
export function copiedObjects(
  copied: CopiedProperties,
  { engagements }: { readonly engagements: boolean },
): { readonly object: string; readonly properties: readonly string[] }[] {
  const listed = Object.keys(MAPPINGS).map((object) => {
    const type = object as ListedType;
    return { object, properties: [...new Set([...MAPPINGS[type].properties, ...(copied[type] ?? [])])] };
  });
  const events = ENGAGEMENT_OBJECTS.map((object) => ({ object, properties: engagementProperties(object) }));
  const others = Object.entries(OTHERS).map(([object, properties]) => ({ object, properties }));
  return [...listed, ...(engagements ? events : []), ...others];
}
