import { expect, it } from 'vitest';
import { sales } from '../../../src/digests/sales.ts';
import { sendDigest } from '../../../src/jobs/send-digest.ts';
import { createFindings } from '../../../src/ledger/findings.ts';
import { createOutbox, type Outbox } from '../../../src/ledger/outbox.ts';
import { AS_OF, account, DAY, openSmallPortal, stateOf } from '../../commands/small-portal.ts';

it.each(['after it was queued', 'before it was queued'])(
  'names nobody twice, and forgets nobody, when it is stopped %s',
  async (moment) => {
    const shop = await openSmallPortal();
    let time = AS_OF + 60 * 60 * 1000;
    const own = createOutbox(shop.portal, () => time);
    const sendWith = (through: Pick<Outbox, 'enqueue' | 'knows'>) =>
      sendDigest({ portal: shop.portal, account, state: stateOf(), digest: sales, outbox: through, now: () => time });
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
