import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChaosPlan, planOf, prepareChaos } from './chaos.ts';

describe('Kith ended, stopped and lied to in the midst of its jobs', () => {
  let plan: ChaosPlan;
  beforeAll(async () => {
    plan = await prepareChaos();
  }, 240_000);
  afterAll(() => plan?.close());

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seed) => ({ seed, ...planOf(seed) })))(
    'ends with the store, the CRM and the channels of an undisturbed run ($job, $trouble, seed $seed)',
    async ({ seed, job, trouble }) => {
      expect(await plan.run(seed)).toContain(`seed ${seed}: ${job}, ${trouble}`);
    },
    120_000,
  );
});
