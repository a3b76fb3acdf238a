import type { RequestListener } from 'node:http';
import type { ObjectType } from '../domain/crm.ts';
import type { WebhookGateway } from './gateway.ts';

/** "Look at this record again", or "this person must be forgotten": what a CRM's event says, and nothing that it holds. */
export interface Hint {
  readonly objectType: ObjectType;
  readonly id: string;
  readonly kind: 'changed' | 'erased';
}

/** An event that is signed and not understood: set aside with the reason, never guessed at. */
export interface UnreadableEvent {
  /** The event's own id, or its place in the call. */
  readonly id: string;
  /** What it called itself; '' when it did not. */
  readonly subscription: string;
  readonly reason: string;
}

export interface WebhookOptions {
  /** The secret that calls are signed with. */
  readonly secret: string;
  /** Kith's address as the CRM calls it. */
  readonly publicUrl: string;
  /** Events of other portals are set aside. */
  readonly portalId: string;
  readonly now: () => number;
  /** Keeps what was said; the CRM is answered once this has resolved. */
  queue(hints: readonly Hint[], unreadable: readonly UnreadableEvent[]): Promise<void>;
  /** Told of each call that was refused or failed; the reason names no secret. */
  onTrouble(reason: string): void;
}

/** Takes a portal's events that were checked already. */
export type TakeEvents = (events: readonly unknown[]) => Promise<void>;

/** A CRM's webhooks: where they are taken, and by what. */
export interface Webhooks {
  readonly path: string;
  handler(options: WebhookOptions): RequestListener;
  taker(options: Pick<WebhookOptions, 'portalId' | 'queue'>): TakeEvents;
  /** The same path for many portals at once. */
  gateway(options: WebhookGateway): RequestListener;
}
