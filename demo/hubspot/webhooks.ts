import { createHmac } from 'node:crypto';
import { seededRandom, shuffledIndices } from '../../src/math/random.ts';
import type { CrmObjectType } from '../portal/portal-data.ts';
import { singular, typeIdOf } from './association-kinds.ts';
import type { LiveChange, LiveCrm } from './live-crm.ts';

/** Where events are sent, and how they are signed. */
export interface WebhookTarget {
  readonly url: string;
  /** The app's client secret. */
  readonly secret: string;
  /** The address that is signed, where a proxy stands before `url`; `url` itself otherwise. */
  readonly publicUrl?: string;
}

export interface StandInWebhooks {
  /** Events are gathered from now on; null forgets those that wait. */
  subscribe(target: WebhookTarget | null): void;
  /** The events that wait. */
  waiting(): readonly object[];
  /**
   * Sends what waits, a hundred to a call, and resolves with the answers' statuses. `seed` repeats every third event and puts
   * all of them out of order, as HubSpot may; calls that are refused are not repeated.
   */
  send(options?: { readonly seed?: number }): Promise<readonly number[]>;
}

const EVENTS_PER_CALL = 100;
const APP_ID = 4242;
/** HubSpot gives a receiver this long. */
const ANSWER_WITHIN_MS = 5_000;

/** Objects that have event names of their own; the others are told of as `object.…` with their type's id. */
const NAMED: readonly CrmObjectType[] = ['contacts', 'companies', 'deals', 'tickets', 'products', 'line_items'];

export function createWebhooks(crm: LiveCrm): StandInWebhooks {
  let target: WebhookTarget | null = null;
  let events: object[] = [];
  let count = 0;
  crm.onChange = (change) => {
    if (target === null) return;
    count += 1;
    events.push(eventOf(crm, change, count));
  };

  async function post(to: WebhookTarget, batch: readonly object[]): Promise<number> {
    const body = JSON.stringify(batch);
    const timestamp = String(crm.now());
    const signature = createHmac('sha256', to.secret)
      .update(`POST${to.publicUrl ?? to.url}${body}${timestamp}`)
      .digest('base64');
    const response = await fetch(to.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-hubspot-request-timestamp': timestamp,
        'x-hubspot-signature-v3': signature,
      },
      body,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    await response.arrayBuffer();
    return response.status;
  }

  return {
    subscribe(to) {
      target = to;
      if (to === null) events = [];
    },
    waiting: () => [...events],
    async send({ seed } = {}) {
      if (target === null) throw new Error('Nobody subscribed to the webhooks of this stand-in');
      const sent = seed === undefined ? events : disordered(events, seed);
      events = [];
      const statuses: number[] = [];
      for (let start = 0; start < sent.length; start += EVENTS_PER_CALL) {
        statuses.push(await post(target, sent.slice(start, start + EVENTS_PER_CALL)));
      }
      return statuses;
    },
  };
}

function disordered(events: readonly object[], seed: number): object[] {
  const all = [...events, ...events.filter((_, index) => index % 3 === 0)];
  return Array.from(shuffledIndices(all.length, seededRandom(seed)), (index) => all[index]!);
}

function eventOf(crm: LiveCrm, change: LiveChange, eventId: number): object {
  const { kind, type, id } = change;
  const name = NAMED.includes(type) ? singular(type) : 'object';
  const common = {
    eventId,
    subscriptionId: 1,
    portalId: crm.portal.account.portalId,
    appId: APP_ID,
    occurredAt: crm.now(),
    subscriptionType: `${name}.${kind}`,
    attemptNumber: 0,
    ...(name === 'object' ? { objectTypeId: typeIdOf(type) } : {}),
  };
  if (kind === 'associationChange' && change.other !== undefined) {
    const { type: otherType, id: otherId, isRemoved } = change.other;
    return {
      ...common,
      associationType: `${singular(type)}_TO_${singular(otherType)}`.toUpperCase(),
      fromObjectId: Number(id),
      toObjectId: Number(otherId),
      associationRemoved: isRemoved,
      changeSource: 'USER',
    };
  }
  if (kind === 'merge') {
    const merged = (change.merged ?? []).map(Number);
    return {
      ...common,
      objectId: Number(id),
      primaryObjectId: merged[0],
      mergedObjectIds: merged,
      newObjectId: Number(id),
    };
  }
  if (kind !== 'propertyChange') return { ...common, objectId: Number(id), changeFlag: kind.toUpperCase() };
  return {
    ...common,
    objectId: Number(id),
    propertyName: change.property,
    propertyValue: change.value,
    changeSource: change.source?.type ?? 'CRM_UI',
  };
}
