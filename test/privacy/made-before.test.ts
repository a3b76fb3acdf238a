import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/digests/digest.ts';
import { erase } from '../../src/jobs/erase.ts';
import { optOut } from '../../src/jobs/opt-out.ts';
import { sendDigest } from '../../src/jobs/send-digest.ts';
import { sendSubscriptions } from '../../src/jobs/send-subscriptions.ts';
import type { Asker, Workspace } from '../../src/kith.ts';
import { type monthlyDocument, sendMonthlyReport } from '../../src/monthly-report.ts';
import { createNoted } from '../../src/noted.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';
import { watchedReader } from '../../src/privacy/watched-reader.ts';
import { subscriptionSchema } from '../../src/state/portal-state.ts';
import { withStore } from '../src/store/with-store.ts';
import { everything, idOf, item, now, person, type Shop, shopIn, valuesOf } from './shop.ts';

const kith = withStore();
const account = {
  portalId: 'p',
  name: 'Shop',
  timeZone: 'UTC',
  currency: 'EUR',
  recordUrl: 'https://crm.example/{type}/{id}',
};
const PEOPLE = 4;
/** Of a record of the first person that a digest reads for its channel. */
const report = (ids: readonly string[]) =>
  ({ language: 'en', headline: 'At risk', parts: ids.map((id) => item(Number(id.slice(-4)))), trust: '' }) as const;

/** A digest that tells of everybody whom its reader lets it see, and what happens between its reading and its end. */
function digestWith(meanwhile: () => Promise<unknown>): Digest & { built: () => number } {
  let built = 0;
  return {
    name: 'sales',
    department: 'sales',
    title: { en: 'Sales', zh: '销售' },
    schedule: 'salesList',
    period: 'day',
    built: () => built,
    async build({ reader }) {
      built += 1;
      const found = await reader.result('churn-risk');
      const { rows } = await reader.rows(found!.run, 'churn-risk', {});
      const ids = rows.map(({ customerId }) => customerId).toSorted();
      if (built === 1) await meanwhile();
      const told = ids.map((id) => ({ key: `at-risk:${id}`, customerId: id, band: 'high', money: null }));
      return { report: report(ids), told, resolved: [], memory: { ids } };
    },
  };
}

/** Both ways: the erasure is over before the edition is, and it is under way when the edition comes to be queued. */
const MOMENTS = [
  ['is over before it is queued', true],
  ['is under way when it is queued', false],
] as const;

let shops = 0;
async function openShop(): Promise<Shop> {
  shops += 1;
  const shop = await shopIn(await kith.portal(`made-${shops}`), PEOPLE);
  await shop.portal.crm.saveAccount(account);
  return shop;
}

function forgetting({ at }: Shop, isAwaited: boolean) {
  const running: Promise<unknown>[] = [];
  return {
    over: () => Promise.all(running),
    async start() {
      const erasure = erase({ ...at, who: person(1).email });
      running.push(erasure);
      if (isAwaited) await erasure;
    },
  };
}

async function expectNobody({ portal }: Shop): Promise<void> {
  const left = await everything(portal);
  for (const value of valuesOf(1)) expect(left.includes(value), value).toBe(false);
  expect(left).toContain(idOf(2));
}

describe('what was made before an erasure that', () => {
  it.each(MOMENTS)('%s: a digest is made again without the person', async (_moment, isAwaited) => {
    const shop = await openShop();
    const forget = forgetting(shop, isAwaited);
    const digest = digestWith(forget.start);
    const sent = await sendDigest({ ...shop.at, account, digest });
    expect(sent.outcome).toBe('queued');
    await forget.over();
    expect(digest.built()).toBe(2);
    const [waiting] = (await shop.at.outbox.pending()).filter(({ kind }) => kind === 'digest');
    expect(JSON.stringify(waiting?.report)).toContain(idOf(2));
    await expectNobody(shop);
  });

  it.each(MOMENTS)('%s: a subscriber’s copy is made again without the person', async (_moment, isAwaited) => {
    const shop = await openShop();
    const forget = forgetting(shop, isAwaited);
    const digest = digestWith(forget.start);
    const subscription = subscriptionSchema.parse({
      ...{ id: 's1', digest: 'sales', userId: 'UANA', language: 'en', timeZone: 'UTC' },
      ...{ days: 'daily', time: '06:00' },
    });
    await shop.at.updateState((state) => ({ ...state, subscriptions: [subscription] }));
    await sendSubscriptions({ ...shop.at, account, digests: [digest] });
    await forget.over();
    expect(digest.built()).toBe(2);
    await expectNobody(shop);
  });

  it.each(MOMENTS)('%s: an answer is made again, and the question is not kept', async (_moment, isAwaited) => {
    const shop = await openShop();
    const forget = forgetting(shop, isAwaited);
    const noted = createNoted(shop.at);
    const kept: string[] = [];
    const asker: Asker = { viewer: commandLineViewer(), language: 'en', timeZone: 'UTC' };
    let times = 0;
    const work = async ({ viewer, read }: Asker) => {
      times += 1;
      const own = createReader({ portal: shop.portal, account, state: shop.at.state(), viewer });
      const reader = watchedReader(own, read!);
      const found = await reader.result('churn-risk');
      const { rows } = await reader.rows(found!.run, 'churn-risk', {});
      if (times === 1) await forget.start();
      return report(rows.map(({ customerId }) => customerId));
    };
    const asked = { actor: 'UANA', act: 'asked', subject: 'churn-risk' } as const;
    const answer = await noted(asker, asked, { work, keep: async () => void kept.push('kept') });
    expect(JSON.stringify(answer)).not.toContain(idOf(1));
    expect(JSON.stringify(answer)).toContain(idOf(2));
    expect(kept).toEqual([]);
    // What cannot be done twice is done once, and its answer is not shown.
    let done = 0;
    const act = async () => {
      done += 1;
      await erase({ ...shop.at, who: idOf(3) });
      return report([idOf(3)]);
    };
    const withheld = () => report([]);
    expect(await noted(asker, asked, { work: act, withheld })).toEqual(report([]));
    expect(done).toBe(1);
    await forget.over();
    await expectNobody(shop);
  });

  it.each(MOMENTS)('%s: the monthly report is made again without the person', async (_moment, isAwaited) => {
    const shop = await openShop();
    const forget = forgetting(shop, isAwaited);
    let isFirst = true;
    const answering: Parameters<typeof monthlyDocument>[0] = {
      now,
      async command(_at, { viewer }) {
        const reader = createReader({ portal: shop.portal, account, state: shop.at.state(), viewer });
        const found = await reader.result('churn-risk');
        const { rows } = await reader.rows(found!.run, 'churn-risk', {});
        if (isFirst) {
          isFirst = false;
          await forget.start();
        }
        return report(rows.map(({ customerId }) => customerId));
      },
    };
    await shop.at.updateState((state) => ({ ...state, managementChannel: 'CBOSS' }));
    const { en } = await sendMonthlyReport(answering, { ...shop.at, account } as unknown as Workspace);
    expect(en).toContain('sections');
    await forget.over();
    await expectNobody(shop);
  });

  it('is an opt-out: a digest is made again without the person', async () => {
    const shop = await openShop();
    const digest = digestWith(() => optOut({ ...shop.at, who: person(1).email, undo: false }));
    await sendDigest({ ...shop.at, account, digest });
    const waiting = JSON.stringify(await shop.at.outbox.pending());
    expect(waiting).not.toContain(idOf(1));
    expect(waiting).toContain(idOf(2));
  });
});
