import { describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../src/config.ts';
import { KithError } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { serveTenants } from '../../src/serve-tenants.ts';

const config = loadConfig({});
const tenantsOf = (...names: string[]): Map<string, Config> =>
  new Map(names.map((tenant) => [tenant, { ...config, tenant }]));

function listening(): { logger: Logger; errors: string[] } {
  const errors: string[] = [];
  const none = (): void => undefined;
  return { errors, logger: { debug: none, info: none, warn: none, error: (message) => void errors.push(message) } };
}

describe('several tenants', () => {
  it('are served each for itself: one that fails is told and tried again, later each time, and holds up nobody', async () => {
    const stop = new AbortController();
    const { logger, errors } = listening();
    const [waits, served]: [number[], string[]] = [[], []];
    let attempts = 0;
    await serveTenants({
      tenants: tenantsOf('acme', 'bolt'),
      logger,
      stop: stop.signal,
      async serve({ tenant }) {
        if (tenant === 'acme') {
          served.push('acme');
          await new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
          return;
        }
        attempts += 1;
        if (attempts <= 9) throw new KithError('crm-auth', 'HubSpot refused the token');
        served.push('bolt');
        stop.abort();
      },
      sleep: async (milliseconds) => void waits.push(milliseconds / 60_000),
    });
    expect(served).toEqual(['acme', 'bolt']);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(errors[0]).toBe('bolt is not served: HubSpot refused the token; it is tried again in 1 minute');
    expect(errors[1]).toMatch(/in 2 minutes$/);
  });

  it('are not tried again once the process was told to stop', async () => {
    const stop = new AbortController();
    const { logger, errors } = listening();
    let attempts = 0;
    await serveTenants({
      tenants: tenantsOf('acme'),
      logger,
      stop: stop.signal,
      async serve() {
        attempts += 1;
        if (attempts === 2) stop.abort();
        throw new Error('it broke');
      },
      sleep: async () => undefined,
    });
    expect([attempts, errors.length]).toEqual([2, 1]);
  });
});
