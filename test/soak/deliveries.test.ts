import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withStore } from '../src/store/with-store.ts';
import { runDeliveries } from './deliveries.ts';
import { openSmallSlack } from './small-slack.ts';

describe('scheduled messages through crashes, failures and too many calls', () => {
  const store = withStore();
  let slack: Awaited<ReturnType<typeof openSmallSlack>>;
  beforeAll(async () => {
    slack = await openSmallSlack();
  });
  afterAll(() => slack.close());

  it.each([1, 2, 3, 4])('are each there once, or flagged (50 messages, seed %i)', async (seed) => {
    const portal = await store.portal(`deliveries-${seed}`);
    const { sent, uncertain, crashes } = await runDeliveries({ ...slack, seed, messages: 50, portal });
    expect(sent + uncertain).toBe(50);
    expect(sent).toBeGreaterThan(10);
    expect(crashes).toBeGreaterThan(0);
  });
});
