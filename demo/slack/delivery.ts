import type { JsonObject } from './checker.ts';
import type { Acknowledgement } from './stand-in-types.ts';

/** Something that Slack hands to the app. */
export interface Envelope {
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: JsonObject;
}

/** One way of handing envelopes over: Socket Mode or signed HTTP requests. */
export interface Transport {
  /** Resolves with the acknowledgement, or once the app is too late; redelivery goes on by itself. */
  deliver(envelope: Envelope): Promise<Acknowledgement>;
}

/** How often an envelope is sent again when nobody acknowledged it. */
export function redeliveries(envelope: Envelope): number {
  return envelope.type === 'events_api' ? 3 : 1;
}
