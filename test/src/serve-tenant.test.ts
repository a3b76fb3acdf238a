import { describe, expect, it } from 'vitest';
import { KithError } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { serveTenant } from '../../src/serve-tenant.ts';

function listening(): { logger: Logger; errors: string[] } {
  const errors: string[] = [];
  const none = (): void => undefined;
  return { errors, logger: { debug: none, info: none, warn: none, error: (message) => void errors.push(message) } };
}

describe('one of several tenants', () => {
  it('is told and tried again when it fails, later each time', async () => {
    const stop = new AbortController();
    const { logger, errors } = listening();
    const waits: number[] = [];
    let attempts = 0;
    await serveTenant({
      tenant: 'bolt',
      logger,
      stop: stop.signal,
      async serve() {
        attempts += 1;
        if (attempts <= 9) throw new KithError('crm-auth', 'HubSpot refused the token');
      },
      sleep: async (milliseconds) => void waits.push(milliseconds / 60_000),
    });
    expect(attempts).toBe(10);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(errors[0]).toBe('bolt is not served: HubSpot refused the token; it is tried again in 1 minute');
    expect(errors[1]).toMatch(/in 2 minutes$/);
  });

  it('is not tried again once it was told to stop, and does not wait for its turn then', async () => {
    const stop = new AbortController();
    const { logger, errors } = listening();
    let attempts = 0;
    const served = serveTenant({
      tenant: 'acme',
      logger,
      stop: stop.signal,
      async serve() {
        attempts += 1;
        throw new Error('it broke');
      },
    });
    await Promise.resolve();
    stop.abort();
    await served;
    expect([attempts, errors.length]).toEqual([1, 1]);
  });
});
