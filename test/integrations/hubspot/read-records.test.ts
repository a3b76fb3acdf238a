import { expect, it } from 'vitest';
import { createGovernor } from '../../../integrations/hubspot/governor.ts';
import { listedReading } from '../../../integrations/hubspot/object-reading.ts';
import { readRecords } from '../../../integrations/hubspot/read-records.ts';
import { virtualTime } from './virtual-time.ts';

const COUNT = 12_000;
/** Tickets are associated with contacts and with companies. */
const TARGETS = 2;

/** A HubSpot of tickets alone, whose list fails after so many pages; what it has told is counted. */
function tickets(wholePages = Number.POSITIVE_INFINITY) {
  const told = { listed: 0, associated: [] as number[] };
  const governor = createGovernor({
    ...virtualTime(),
    random: () => 0.5,
    send: async ({ path, qs, body }) => {
      const answer = (status: number, json: unknown) => ({ status, header: () => null, text: JSON.stringify(json) });
      if (path.endsWith('/search')) return answer(200, { total: COUNT, results: [{ id: String(COUNT) }] });
      if (body !== undefined) {
        told.associated.push((body as { inputs: unknown[] }).inputs.length);
        return answer(200, { results: [] });
      }
      const first = Number(qs?.after ?? 0) + 1;
      if (told.listed >= wholePages * 100) return answer(400, { message: 'broken' });
      const ids = Array.from({ length: Math.min(100, COUNT + 1 - first) }, (_, n) => String(first + n));
      told.listed += ids.length;
      const [properties, at] = [{ subject: 'T' }, '2026-01-01T00:00:00Z'];
      const results = ids.map((id) => ({ id, properties, createdAt: at, updatedAt: at, archived: false }));
      const next = first + 100 > COUNT ? {} : { paging: { next: { after: String(first + 99) } } };
      return answer(200, { results, ...next });
    },
  });
  return { told, governor };
}

it('lists no further ahead of whoever stores the records than a fixed number, however long the list is', async () => {
  const { told, governor } = tickets();
  let [given, ahead] = [0, 0];
  for await (const page of readRecords(governor, listedReading('tickets'), null)) {
    // Time for whatever would be listed without being asked for.
    for (let turn = 0; turn < 200; turn++) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    ahead = Math.max(ahead, told.listed - given - page.records.length);
    given += page.records.length;
  }
  expect(given).toBe(COUNT);
  // One group whose associations are read, one that is filled up, and a turn of each part.
  expect(ahead).toBeLessThanOrEqual(500 + 500 + 9 * 200);
});

it('asks for the associations of five hundred records at a time, whatever parts of the list they come from', async () => {
  const { told, governor } = tickets();
  for await (const page of readRecords(governor, listedReading('tickets'), null)) expect(page.rejected).toEqual([]);
  expect(Math.max(...told.associated)).toBeLessThanOrEqual(500);
  expect(told.associated.length).toBeLessThan((COUNT / 500) * TARGETS * 1.3);
});

it('gives all whose associations are known before a failure, and a checkpoint to go on from', async () => {
  const { told, governor } = tickets(30);
  const pages: { records: number; next: string | null }[] = [];
  const reading = async (): Promise<void> => {
    for await (const { records, next } of readRecords(governor, listedReading('tickets'), null)) {
      pages.push({ records: records.length, next });
    }
  };
  await expect(reading()).rejects.toThrow('broken');
  expect(pages.length).toBeGreaterThan(0);
  expect(pages).toHaveLength(told.associated.length / TARGETS);
  let rest = 0;
  const whole = tickets().governor;
  for await (const { records } of readRecords(whole, listedReading('tickets'), pages.at(-1)?.next ?? '')) {
    rest += records.length;
  }
  expect(rest).toBe(COUNT - pages.reduce((sum, { records }) => sum + records, 0));
});
