import { describe, expect, it } from 'vitest';
import { deliver } from '../../../src/jobs/deliver.ts';
import { personMatcher } from '../../../src/jobs/person-matcher.ts';
import { retractMessages } from '../../../src/jobs/retract-messages.ts';
import { withdrawMessages } from '../../../src/jobs/withdraw-messages.ts';
import { createOutbox, type Outbox } from '../../../src/ledger/outbox.ts';
import type { Chat, Delivery, OutgoingMessage } from '../../../src/ports/chat.ts';
import type { Report } from '../../../src/report/report.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { withStore } from '../store/with-store.ts';

const NOW = Date.parse('2026-03-09T09:00:00Z');
const now = () => NOW;
const kith = withStore();

const nameOf = (id: string): string => `Gregor-${id} Palmer-${id}`;
const item = (id: string) => ({ kind: 'item' as const, title: `G••• ${id}`, text: `${nameOf(id)} is late` });
const report = (...ids: string[]): Report => ({ language: 'en', headline: 'Late', parts: ids.map(item), trust: '' });

type Step = (where: string) => Promise<void>;

/** A chat whose first answer to a crossing is `first`; what stands in it is what was posted and not taken back. */
function smallChat(step: Step, first: Delivery['outcome']) {
  const standing = new Map<string, string>();
  let [posted, isFirst] = [0, true];
  const chat: Pick<Chat, 'deliver' | 'retract'> = {
    async deliver({ key, channelId, report: said }: OutgoingMessage) {
      await step(`while ${key} is sent, before it arrives`);
      const isTried = isFirst && key.startsWith('band-crossed');
      if (isTried) isFirst = false;
      if (isTried && first === 'not-sent') return { outcome: 'not-sent', reason: 'slow down', retryAfterMs: 1 };
      if (isTried && first === 'refused') return { outcome: 'refused', reason: 'archived' };
      posted += 1;
      const messageId = `17.${posted}`;
      standing.set(messageId, JSON.stringify(said));
      await step(`while ${key} is sent, after it arrived`);
      if (isTried && first === 'uncertain') return { outcome: 'uncertain', reason: 'no answer' };
      return { outcome: 'sent', messageId, channelId, chartBytes: 0, reduced: [], fileIds: [] };
    },
    async retract({ messageId }) {
      standing.delete(messageId);
      return 'gone';
    },
  };
  return { chat, standing };
}

function watched(outbox: Outbox, step: Step): Outbox {
  const around =
    <Args extends unknown[], Result>(name: string, call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await step(`before ${name}`);
      const result = await call(...args);
      await step(`after ${name}`);
      return result;
    };
  const { pending, claim, settle } = outbox;
  return {
    ...outbox,
    pending: around('pending', pending),
    claim: around('claim', claim),
    settle: around('settle', settle),
  };
}

/** What two messages come to that name a person who is forgotten at the step of that number or name; null when there are fewer. */
async function forgetAt(
  { portal, outbox }: { portal: PortalStore; outbox: Outbox },
  at: number | string,
  { first, isAwaited }: { first: Delivery['outcome']; isAwaited: boolean },
) {
  const number = String(typeof at === 'number' ? at : 0).padStart(3, '0');
  // No hexadecimal number holds them by chance: keyed hashes stand where their ids stood.
  const [gone, other] = [`gone${number}`, `other${number}`];
  const matcher = personMatcher({ customerIds: [gone], names: [nameOf(gone)] });
  let [steps, where] = [0, ''];
  let forgetting: Promise<unknown> | null = null;
  const step: Step = async (place) => {
    const isNow = typeof at === 'number' ? steps++ === at : place.endsWith(at) && forgetting === null;
    if (!isNow) return;
    where = place;
    forgetting = outbox.withdraw((mark) => withdrawMessages(portal, matcher, now, mark));
    if (isAwaited) await forgetting;
  };
  const crossing = `band-crossed:${gone}:high:2026-03-09`;
  const { chat, standing } = smallChat(step, first);
  const message = { channelId: 'C1', kind: 'band-crossed' } as const;
  await outbox.enqueue({ ...message, key: crossing, report: report(gone) });
  await outbox.enqueue({ ...message, key: `digest:${at}`, channelId: 'C2', report: report(gone, other) });
  await deliver({ chat, outbox: watched(outbox, step), sleep: async () => undefined });
  if (forgetting === null) return null;
  await forgetting;
  await deliver({ chat, outbox });
  await retractMessages(portal, chat, now);
  const rows = JSON.stringify(await portal.query('SELECT * FROM {db:Identifier}.outbox'));
  return { where, gone, other, rows, standing: [...standing.values()].join(), entries: await outbox.recent(2) };
}

async function open(name: string) {
  const portal = await kith.portal(name);
  return { portal, outbox: createOutbox(portal, now) };
}

describe('a person who is forgotten while messages about them are delivered', () => {
  it.each([
    ['not-sent', true],
    ['sent', false],
  ] as const)(
    'is named nowhere afterwards, at whatever step (%s at first, waited for: %s)',
    async (first, isAwaited) => {
      const opened = await open(`forget-${first}-${isAwaited}`);
      const places = new Set<string>();
      for (let at = 0; ; at++) {
        const done = await forgetAt(opened, at, { first, isAwaited });
        if (done === null) break;
        const { where, gone, other, standing, entries, rows } = done;
        places.add(where.replace(gone, 'ID'));
        expect(standing, where).not.toContain(gone);
        expect(rows, where).not.toContain(gone);
        for (const { state } of entries) expect(['sent', 'withdrawn'], where).toContain(state);
        if (where.endsWith('pending')) expect(standing, where).toContain(other);
      }
      for (const place of ['before pending', 'before claim', 'after claim', 'before settle', 'after settle'])
        expect(places).toContain(place);
      expect(places).toContain('while band-crossed:ID:high:2026-03-09 is sent, before it arrives');
    },
    60_000,
  );

  it('is told of where it is not known whether the message arrived', async () => {
    const opened = await open('forget-uncertain');
    const at = 'after it arrived';
    const done = await forgetAt(opened, at, { first: 'uncertain', isAwaited: true });
    expect(done?.where).toMatch(/^while band-crossed/);
    expect(done?.rows).not.toContain(done?.gone);
    expect(done?.entries.map(({ state }) => state)).toContain('uncertain');
  });

  it('is not named by what comes back to wait while they opt out', async () => {
    const { portal, outbox } = await open('opting-out');
    const matcher = personMatcher({ customerIds: ['7001'], names: [] });
    await outbox.enqueue({ key: 'digest:1', channelId: 'C1', kind: 'digest', report: report('7001', '8001') });
    await outbox.claim('digest:1');
    await outbox.withdraw((mark) => withdrawMessages(portal, matcher, now, mark, 'waiting'));
    const nothing = { messageId: '', sentChannelId: '', fileIds: [], chartBytes: 0, note: '' };
    await outbox.settle('digest:1', { ...nothing, state: 'pending' });
    expect(JSON.stringify(await outbox.pending())).not.toContain('7001');
  });
});
