import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { StoredDocument } from '../ledger/report-schema.ts';
import type { Text } from '../lib/text.ts';
import type { Chat } from '../ports/chat.ts';
import type { ReportFile } from '../ports/command.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { createSerial } from '../store/serial.ts';
import { type DeliverReport, deliver } from './deliver.ts';
import { deliveryNote } from './job-notes.ts';
import { mentionedOn } from './mentions-of-day.ts';
import { isHeld } from './quiet-hours.ts';
import { retractMessages } from './retract-messages.ts';
import { tellNotTakenBack } from './tell-not-taken-back.ts';
import { tellUndelivered } from './tell-undelivered.ts';

/** Gives a chat everything that it is to say and to take back, one round after the other; a line of what came of it. */
export type DeliveryDesk = (signal?: AbortSignal) => Promise<Text>;

/**
 * Several jobs ask for a delivery at the same time: each gets a round of its own, after those before it, so that a channel's messages
 * keep their order and an owner is mentioned once.
 */
export function createDeliveryDesk(at: {
  readonly portal: PortalStore;
  readonly account: CrmAccount;
  readonly state: () => PortalState;
  readonly outbox: Outbox;
  readonly chat: Pick<Chat, 'deliver' | 'retract' | 'names'>;
  readonly fileOf: (document: StoredDocument) => Promise<ReportFile>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => Instant;
}): DeliveryDesk {
  const { portal, account, outbox, chat, fileOf, sleep, now } = at;
  const serially = createSerial();

  async function round(signal: AbortSignal | undefined): Promise<Text> {
    const { timeZone } = account;
    const options = {
      chat,
      outbox,
      sleep,
      fileOf,
      ...(signal === undefined ? {} : { signal }),
      isHeld: ({ kind }: { kind: string }) => isHeld(kind, at.state().quietHours, now(), timeZone),
      mentioned: await mentionedOn(outbox, now(), timeZone),
    };
    // What names somebody who was forgotten goes before anything new is said.
    await retractMessages(portal, chat, now);
    let count: DeliverReport = { sent: 0, refused: 0, waiting: 0, uncertain: 0 };
    const add = (more: DeliverReport): void => {
      const { sent, refused, uncertain } = count;
      count = {
        sent: sent + more.sent,
        refused: refused + more.refused,
        waiting: more.waiting,
        uncertain: uncertain + more.uncertain,
      };
    };
    try {
      add(await deliver(options));
    } finally {
      // Every time: what was being sent when Kith stopped became uncertain without a delivery.
      const telling = { portal, account, state: at.state(), outbox, names: chat.names, now };
      const told = (await tellUndelivered(telling)) + (await tellNotTakenBack(telling));
      if (told > 0) add(await deliver(options));
    }
    return deliveryNote(count);
  }

  return (signal) => serially(() => round(signal));
}
