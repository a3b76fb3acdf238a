import { expect, it } from 'vitest';
import { sales } from '../../../src/digests/sales.ts';
import { sendDigest } from '../../../src/jobs/send-digest.ts';
import { createFindings } from '../../../src/ledger/findings.ts';
import { createOutbox, type Outbox } from '../../../src/ledger/outbox.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { AS_OF, account, DAY, openSmallPortal, stateOf } from '../../commands/small-portal.ts';

it.each(['after it was queued', 'before it was queued'])(
  'names nobody twice, and forgets nobody, when it is stopped %s',
  async (moment) => {
    const shop = await openSmallPortal();
    let time = AS_OF + 60 * 60 * 1000;
    const own = createOutbox(shop.portal, () => time);
    const sendWith = (through: Pick<Outbox, 'enqueue' | 'knows'>) =>
      sendDigest({
        portal: shop.portal,
        account,
        state: () => stateOf(),
        digest: sales,
        outbox: through,
        now: () => time,
      });
    const customers = async (): Promise<string[]> => {
      const parts = (await own.recent(1))[0]?.report.parts ?? [];
      return parts.flatMap((part) =>
        part.kind === 'item'
          ? (part.actions?.flatMap(({ action, value }) => (action === 'why' ? [value] : [])) ?? [])
          : [],
      );
    };
    try {
      await shop.analyse(AS_OF);
      const stopped: Pick<Outbox, 'enqueue' | 'knows'> = {
        knows: own.knows,
        async enqueue(message) {
          if (moment === 'after it was queued') await own.enqueue(message);
          throw new Error('stopped');
        },
      };
      await expect(sendWith(stopped)).rejects.toThrow('stopped');
      const told = await customers();
      expect(told.length > 0).toBe(moment === 'after it was queued');
      // The same period again: nothing new is queued for what was, and everything for what was not.
      const again = await sendWith(own);
      expect(again.outcome).toBe(moment === 'after it was queued' ? 'already-sent' : 'queued');
      const first = await customers();
      time += DAY;
      await sendWith(own);
      const second = await customers();
      expect(second.filter((customer) => first.includes(customer))).toEqual([]);
      const findings = await createFindings(shop.portal, () => time).of('sales');
      expect(findings.map(({ customerId }) => `churn-risk:${customerId}`)).toEqual(expect.arrayContaining(first));
      expect(new Set(findings.map(({ key }) => key)).size).toBe(findings.length);
    } finally {
      await shop.close();
    }
  },
);

/** The portal as a process sees it that ends before its write of that number. */
function endingBefore(portal: PortalStore, write: number): { portal: PortalStore; isOver: () => boolean } {
  let writes = 0;
  const guarded = <Owner extends object, Name extends keyof Owner & string>(
    owner: Owner,
    names: readonly Name[],
  ): Owner =>
    new Proxy(owner, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function' || !(names as readonly (string | symbol)[]).includes(name)) return value;
        return async (...values: unknown[]) => {
          writes += 1;
          if (writes >= write) throw new Error('stopped');
          return value.apply(target, values);
        };
      },
    });
  const crm = guarded(portal.crm, ['saveCursor', 'saveCursors']);
  const own = guarded(portal, ['insert', 'command']);
  return {
    portal: new Proxy(own, { get: (target, name) => (name === 'crm' ? crm : Reflect.get(target, name)) }),
    isOver: () => writes >= write,
  };
}

it('names nobody twice in the next period, before whatever write it is stopped, also where the clock is set back', async () => {
  const shop = await openSmallPortal();
  try {
    await shop.analyse(AS_OF);
    let stops = 0;
    for (; ; stops++) {
      let time = AS_OF + 60 * 60 * 1000;
      // A book of its own for every stop.
      const digest = { ...sales, name: `sales-${stops}` };
      const customersOf = async (key: string): Promise<string[]> => {
        const said = await createOutbox(shop.portal, () => time).byKey(key);
        const parts = said?.report.parts ?? [];
        return parts.flatMap((part) =>
          part.kind === 'item' ? [part.actions?.find(({ action }) => action === 'why')?.value ?? ''] : [],
        );
      };
      const send = (portal: PortalStore) =>
        sendDigest({
          portal,
          account,
          state: () => stateOf(),
          digest,
          outbox: createOutbox(portal, () => time),
          now: () => time,
        });
      const { portal, isOver } = endingBefore(shop.portal, stops + 1);
      await send(portal).catch((error: Error) => expect(error.message).toBe('stopped'));
      time -= 5 * 60 * 60 * 1000;
      await send(shop.portal);
      time += DAY + 5 * 60 * 60 * 1000;
      await send(shop.portal);
      const [first, second] = [
        await customersOf(`${digest.name}:2026-03-09`),
        await customersOf(`${digest.name}:2026-03-10`),
      ];
      expect(first.length, `stop ${stops}`).toBeGreaterThan(0);
      expect(
        second.filter((customer) => first.includes(customer)),
        `stop ${stops}`,
      ).toEqual([]);
      const findings = await createFindings(shop.portal, () => time).of(digest.name);
      expect(findings.map(({ customerId }) => `churn-risk:${customerId}`)).toEqual(expect.arrayContaining(first));
      expect(new Set(findings.map(({ key }) => key)).size).toBe(findings.length);
      if (!isOver()) break;
    }
    expect(stops).toBeGreaterThanOrEqual(5);
  } finally {
    await shop.close();
  }
}, 120_000);
