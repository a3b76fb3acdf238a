import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digests } from '../../../src/digests/index.ts';
import { sendDigest } from '../../../src/jobs/send-digest.ts';
import { sendSubscriptions } from '../../../src/jobs/send-subscriptions.ts';
import { createFindings } from '../../../src/ledger/findings.ts';
import { createOutbox, type Outbox, type OutboxEntry } from '../../../src/ledger/outbox.ts';
import { type PortalState, type Subscription, subscriptionSchema } from '../../../src/state/portal-state.ts';
import { AS_OF, account, DAY, openSmallPortal, type SmallPortal, stateOf } from '../../commands/small-portal.ts';
import { expectReadable } from '../../contracts/test-command.ts';

const HOUR = 60 * 60 * 1000;

let small: SmallPortal;
let outbox: Outbox;
let state: PortalState;
// 09:00 on a Monday in London.
let now = AS_OF + 3 * HOUR;
beforeAll(async () => {
  small = await openSmallPortal();
  outbox = createOutbox(small.portal, () => now);
});
afterAll(() => small.close());

function subscription(id: string, change: Partial<Subscription> = {}): Subscription {
  const usual = { digest: 'sales', days: 'weekdays', time: '08:00', timeZone: 'Europe/London', language: 'en' };
  return subscriptionSchema.parse({ ...usual, id, userId: `U${id.toUpperCase()}`, ...change });
}

const send = (through: Pick<Outbox, 'enqueue' | 'knows'> = outbox) =>
  sendSubscriptions({ portal: small.portal, account, state: () => state, outbox: through, digests, now: () => now });
const to = async (userId: string): Promise<readonly OutboxEntry[]> =>
  (await outbox.recent(200)).filter(({ channelId }) => channelId === userId);
const customersIn = (entry: OutboxEntry | undefined): string[] =>
  (entry?.report.parts ?? []).flatMap((part) =>
    part.kind === 'item' ? (part.actions ?? []).flatMap(({ action, value }) => (action === 'why' ? [value] : [])) : [],
  );
const ownersOf = async (): Promise<ReadonlyMap<string, string>> => {
  const rows = await small.portal.query<{ id: string; owner_id: string }>(
    'SELECT id, owner_id FROM {db:Identifier}.companies FINAL',
  );
  return new Map(rows.map(({ id, owner_id }) => [`churn-risk:${id}`, owner_id]));
};

const person = (role: 'manager' | 'rep' | 'viewer', ownerIds: string[] = []) => ({
  role,
  department: 'sales' as const,
  language: null,
  ownerIds,
});

// The tests of this file follow one portal through some days, in order.
describe('copies of digests for one person', () => {
  it('wait for the first analysis without a trace', async () => {
    state = stateOf({ subscriptions: [subscription('a')] });
    expect(await send()).toEqual({ sent: 0, silent: 0, gone: 0 });
    expect(await outbox.recent(1)).toEqual([]);
  });

  it('go to the person as a direct message, in their language, and mention nobody', async () => {
    await small.analyse(AS_OF);
    state = stateOf({
      people: { UA: person('manager'), UB: person('manager') },
      subscriptions: [subscription('a'), subscription('b', { language: 'zh' })],
    });
    expect(await send()).toMatchObject({ sent: 2 });
    const [english] = await to('UA');
    const [chinese] = await to('UB');
    expect(english).toMatchObject({ key: 'subscription:a:2026-03-09', kind: 'subscription' });
    expectReadable(english!.report, 'en');
    expectReadable(chinese!.report, 'zh');
    expect(customersIn(english).length).toBeGreaterThan(0);
    for (const part of english!.report.parts) if (part.kind === 'item') expect(part.owner?.mention).not.toBe(true);
    const buttons = english!.report.parts.flatMap((part) => (part.kind === 'item' ? (part.actions ?? []) : []));
    const judged = buttons.filter(({ action }) => action === 'on-it');
    expect(judged.length).toBeGreaterThan(0);
    for (const { value } of judged) expect(JSON.parse(value)[0]).toBe('sales@a');
    const closing = english!.report.parts.at(-1);
    expect(closing).toMatchObject({ kind: 'item', actions: [{ action: 'pause-subscription', value: 'a' }] });
    // What the channel's first edition says about its own rhythm does not hold for a copy.
    expect(JSON.stringify(english!.report)).not.toContain('This is the first');
  });

  it('are sent once a day, however often the job runs', async () => {
    for (let run = 0; run < 3; run++) {
      now += 15 * 60_000;
      expect(await send()).toEqual({ sent: 0, silent: 0, gone: 0 });
    }
    expect(await to('UA')).toHaveLength(1);
  });

  it('neither silence nor repeat the channel’s digest', async () => {
    const sales = digests.find(({ name }) => name === 'sales')!;
    const before = await createFindings(small.portal, () => now).of('sales');
    expect(before).toEqual([]);
    const report = await sendDigest({
      portal: small.portal,
      account,
      state: () => state,
      digest: sales,
      outbox,
      now: () => now,
    });
    expect(report.outcome).toBe('queued');
    const inChannel = (await outbox.recent(1))[0];
    expect(customersIn(inChannel).toSorted()).toEqual(customersIn((await to('UA'))[0]).toSorted());
    expect((await createFindings(small.portal, () => now).of('sales@a')).length).toBeGreaterThan(0);
  });

  it('hold what the person may see: a rep their own customers, by the owner they are', async () => {
    state = stateOf({
      people: { UR: person('rep'), US: person('rep', ['o2']), UT: person('rep') },
      subscriptions: [
        subscription('r', { ownerIds: ['o1'] }),
        // What an admin named wins over what the chat's e-mail led to.
        subscription('s', { ownerIds: ['o1'] }),
        subscription('t'),
      ],
    });
    await send();
    const owners = await ownersOf();
    const seenBy = async (userId: string): Promise<Set<string | undefined>> =>
      new Set(customersIn((await to(userId))[0]).map((customer) => owners.get(customer)));
    expect(await seenBy('UR')).toEqual(new Set(['o1']));
    expect(await seenBy('US')).toEqual(new Set(['o2']));
    // Nobody's: the copy says why it is empty.
    const [empty] = await to('UT');
    expect(customersIn(empty)).toEqual([]);
    expect(JSON.stringify(empty!.report)).toContain('does not know which CRM owner you are');
  });

  it('follow the role that holds now, and work for people of whom nobody decided anything', async () => {
    state = stateOf({ defaultRole: 'rep', subscriptions: [subscription('d', { ownerIds: ['o1'] })] });
    await send();
    const owners = await ownersOf();
    expect(new Set(customersIn((await to('UD'))[0]).map((customer) => owners.get(customer)))).toEqual(new Set(['o1']));
  });

  it('are silent while they are paused, and when nothing changed', async () => {
    state = stateOf({ people: { UA: person('manager') }, subscriptions: [subscription('a', { isPaused: true })] });
    now += DAY;
    expect(await send()).toEqual({ sent: 0, silent: 0, gone: 0 });
    // A rep of no customers: after the first copy, which says why it is empty, there is nothing to tell.
    const alone = person('rep', ['o9']);
    state = stateOf({ people: { UN: alone }, subscriptions: [subscription('n', { days: 'daily' })] });
    now += DAY;
    expect(await send()).toMatchObject({ sent: 1 });
    now += DAY;
    expect(await send()).toMatchObject({ sent: 0, silent: 1 });
    // A silent day is settled as well.
    expect(await send()).toEqual({ sent: 0, silent: 0, gone: 0 });
    expect(await to('UN')).toHaveLength(1);
  });

  it('tell once that their digest is no more', async () => {
    state = stateOf({ subscriptions: [subscription('g', { digest: 'gossip', days: 'daily' })] });
    for (let day = 0; day < 3; day++) {
      expect(await send()).toMatchObject({ gone: 1 });
      now += DAY;
    }
    const told = await to('UG');
    expect(told).toHaveLength(1);
    expect(told[0]!.report.headline).toContain('gossip');
  });

  it('are not lost for the others when one person’s fails, nor doubled after a stop', async () => {
    state = stateOf({
      people: { UX: person('manager'), UY: person('manager') },
      subscriptions: [subscription('x', { days: 'daily' }), subscription('y', { days: 'daily' })],
    });
    const broken: Pick<Outbox, 'enqueue' | 'knows'> = {
      knows: outbox.knows,
      async enqueue(message) {
        const queued = await outbox.enqueue(message);
        if (message.channelId === 'UX') throw new Error('stopped');
        return queued;
      },
    };
    await expect(send(broken)).rejects.toThrow('stopped');
    expect(await to('UY')).toHaveLength(1);
    await send();
    expect(await to('UX')).toHaveLength(1);
    expect(await to('UY')).toHaveLength(1);
  });
});
