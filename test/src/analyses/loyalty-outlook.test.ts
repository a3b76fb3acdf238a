import { expect, it } from 'vitest';
import { loyaltyOutlook } from '../../../src/analyses/loyalty-outlook.ts';
import { derivePointScale, loyaltyFacts } from '../../../src/analyses/loyalty-points.ts';
import { rhythm } from '../../../src/features/expected-gap.ts';
import { somePurchases } from '../../../src/features/some-histories.ts';
import { seededRandom, shuffledIndices } from '../../../src/math/random.ts';
import { type Event, historyOf, noTickets } from '../features/history-fixture.ts';

const TODAY = 20_000;
const LEARNED = 20_000;

/** Customers who buy every two weeks to every five months, some of them ever less. */
function customers(count: number): Event[][] {
  const random = seededRandom(5);
  return Array.from({ length: count }, (_, i) => {
    const gap = 14 + Math.floor(random() * 140);
    const slowing = 1 + (i % 3) * 0.15;
    const events: Event[] = [];
    for (
      let day = TODAY - 700 + Math.floor(random() * 60), own = gap;
      day <= TODAY;
      day += Math.ceil(own), own *= slowing
    ) {
      events.push([day, 20 + Math.floor(random() * 400), events.length < 4 ? 1 : 0]);
    }
    return events;
  });
}

it('tells everybody, of more customers than are learned from as the sample that is learned from says', () => {
  const history = historyOf(customers(LEARNED + 1_500));
  const tickets = noTickets(history);
  const now = loyaltyFacts(history, tickets, rhythm(history, TODAY));
  const scale = derivePointScale(now);
  const told = loyaltyOutlook(history, tickets, now, scale, TODAY, seededRandom(1))!;
  // The same draw.
  const sample = shuffledIndices(history.customerIds.length, seededRandom(1)).subarray(0, LEARNED).sort();
  const some = somePurchases(history, sample);
  const someNow = loyaltyFacts(some, noTickets(some), rhythm(some, TODAY));
  const ofSample = loyaltyOutlook(some, noTickets(some), someNow, scale, TODAY, seededRandom(1))!;
  expect(told.check.winner).not.toBe('same');
  expect(told.check).toEqual(ofSample.check);
  expect(told.points!.every((points) => points >= 0 && points <= 100)).toBe(true);
  expect(Float64Array.from(sample, (i) => told.points![i]!)).toEqual(ofSample.points);
}, 60_000);
