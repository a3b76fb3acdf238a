import { z } from 'zod';
import type { ObjectType } from '../../src/domain/crm.ts';
import type { Hint, UnreadableEvent } from '../../src/ports/webhooks.ts';
import { firstProblem } from './checked.ts';

/** HubSpot's names and type ids of what Kith copies; `prefix` is put before an engagement's id. */
const OBJECTS: Readonly<Record<string, { readonly type: ObjectType; readonly prefix?: string }>> = {
  contact: { type: 'contacts' },
  '0-1': { type: 'contacts' },
  company: { type: 'companies' },
  '0-2': { type: 'companies' },
  deal: { type: 'deals' },
  '0-3': { type: 'deals' },
  ticket: { type: 'tickets' },
  '0-5': { type: 'tickets' },
  product: { type: 'products' },
  '0-7': { type: 'products' },
  line_item: { type: 'line_items' },
  '0-8': { type: 'line_items' },
  '0-47': { type: 'engagements', prefix: 'meetings/' },
  '0-48': { type: 'engagements', prefix: 'calls/' },
  '0-49': { type: 'engagements', prefix: 'emails/' },
  '0-19': { type: 'engagements', prefix: 'feedback_submissions/' },
};

const VERBS = ['creation', 'deletion', 'privacyDeletion', 'propertyChange', 'merge', 'restore', 'associationChange'];

const idSchema = z.union([z.number().int().nonnegative(), z.string().regex(/^\d{1,20}$/)]).transform(String);
const eventSchema = z.object({
  subscriptionType: z.string().max(100),
  portalId: idSchema,
  objectId: idSchema.optional(),
  objectTypeId: z.string().max(20).optional(),
  propertyName: z.string().max(200).optional(),
  // Of merges.
  primaryObjectId: idSchema.optional(),
  mergedObjectIds: z.array(idSchema).max(1000).optional(),
  newObjectId: idSchema.optional(),
  // Of associations: 'DEAL_TO_COMPANY', or the two type ids.
  associationType: z.string().max(100).optional(),
  fromObjectTypeId: z.string().max(20).optional(),
  toObjectTypeId: z.string().max(20).optional(),
  fromObjectId: idSchema.optional(),
  toObjectId: idSchema.optional(),
});
type Event = z.infer<typeof eventSchema>;

const labelSchema = z.object({
  eventId: z
    .union([z.number(), z.string().max(40)])
    .optional()
    .catch(undefined),
  subscriptionType: z.string().max(100).catch(''),
});

/** Properties that Kith writes itself: that they changed is no news. */
const OWN_PREFIX = 'kith_';

export interface WebhookEvents {
  readonly hints: readonly Hint[];
  readonly unreadable: readonly UnreadableEvent[];
}

/** What the events of one call point at, each record once; an event about Kith's own properties points at nothing. */
export function webhookEvents(body: unknown, portalId: string): WebhookEvents {
  const hints = new Map<string, Hint>();
  const unreadable: UnreadableEvent[] = [];
  for (const [index, raw] of (Array.isArray(body) ? body : [body]).entries()) {
    const read = readEvent(raw, portalId);
    if (typeof read === 'string') {
      const label = labelSchema.safeParse(raw).data;
      unreadable.push({
        id: String(label?.eventId ?? index),
        subscription: label?.subscriptionType ?? '',
        reason: read,
      });
      continue;
    }
    for (const hint of read) {
      const key = `${hint.objectType}/${hint.id}`;
      // Whatever comes before or after it: who asked to be forgotten stays forgotten.
      if (hints.get(key)?.kind !== 'erased') hints.set(key, hint);
    }
  }
  return { hints: [...hints.values()], unreadable };
}

/** The hints of one event, or why it is not understood. */
function readEvent(raw: unknown, portalId: string): readonly Hint[] | string {
  const parsed = eventSchema.safeParse(raw);
  if (!parsed.success) return firstProblem(parsed.error);
  const event = parsed.data;
  if (event.portalId !== portalId) return `it is about portal ${event.portalId}, and this is portal ${portalId}`;
  const [name = '', verb = ''] = event.subscriptionType.split('.');
  if (!VERBS.includes(verb)) return `'${event.subscriptionType}' is not an event that Kith knows`;
  if (verb === 'associationChange') return endsOf(event);
  const object = OBJECTS[name === 'object' ? (event.objectTypeId ?? '') : name];
  if (object === undefined) return `'${event.subscriptionType}' is not about a record that Kith copies`;
  if (verb === 'propertyChange' && event.propertyName?.startsWith(OWN_PREFIX)) return [];
  const ids = [event.objectId, event.primaryObjectId, event.newObjectId, ...(event.mergedObjectIds ?? [])].filter(
    (id) => id !== undefined,
  );
  if (ids.length === 0) return 'it names no record';
  const kind = verb === 'privacyDeletion' && object.type === 'contacts' ? 'erased' : 'changed';
  return ids.map((id) => ({ objectType: object.type, id: `${object.prefix ?? ''}${id}`, kind }));
}

/** Both ends of an association: Kith keeps each under one of them. */
function endsOf(event: Event): readonly Hint[] | string {
  const [from = '', to = ''] = (event.associationType ?? '').toLowerCase().split('_to_');
  const ends = [
    { object: OBJECTS[event.fromObjectTypeId ?? from], id: event.fromObjectId },
    { object: OBJECTS[event.toObjectTypeId ?? to], id: event.toObjectId },
  ];
  const hints = ends.flatMap(({ object, id }): Hint[] =>
    object === undefined || id === undefined
      ? []
      : [{ objectType: object.type, id: `${object.prefix ?? ''}${id}`, kind: 'changed' }],
  );
  return hints.length === 0 ? `the association '${event.associationType ?? ''}' is not one that Kith copies` : hints;
}
