import { describe, expect, it } from 'vitest';
import { runService } from './service.ts';

/** Memory is asked of long runs only: `npm run soak -- --only service`. */
describe('the whole service, while people ask and the CRM changes', () => {
  it('answers everybody and ends well when it is told to stop', async () => {
    const lines: string[] = [];
    const { heard, samples, changes, errors, exitCode } = await runService({
      seed: 7,
      minutes: 0.12,
      commandsPerSecond: 4,
      customers: 80,
      people: 12,
      say: (line) => lines.push(line),
    });
    expect([...heard.failures]).toEqual([]);
    expect([...errors.keys()]).toEqual([]);
    expect(heard.answered).toBe(heard.acts);
    expect(heard.acts).toBeGreaterThan(20);
    expect(heard.waiting).toBe(0);
    expect(changes).toBeGreaterThan(5);
    expect(exitCode).toBe(0);
    if (process.platform === 'linux') expect(samples.length).toBeGreaterThan(0);
    expect(lines).toHaveLength(2);
  }, 240_000);
});
