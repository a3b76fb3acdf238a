import { expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import type { Kith } from '../../src/kith.ts';
import { createOperations } from '../../src/operations.ts';

it('reports by its own name whatever follows /kith', async () => {
  const asked: string[][] = [];
  const kith = {
    now: Date.now,
    config: { language: 'en' },
    workspace: async () => ({ account: { timeZone: 'UTC' } }),
    async command(_at: unknown, _asker: unknown, name: string, text: string) {
      asked.push([name, text]);
      return { language: 'en', headline: '', parts: [], trust: '' };
    },
  } as unknown as Kith;
  const terminal = { out: () => undefined, err: () => undefined, isTerminal: false, columns: 80 };
  const operations = createOperations(kith, terminal, '/', async () => undefined, new AbortController().signal);
  const usage = commands.find(({ name }) => name === 'kith')!.usage;
  const words = usage.replace(/[[\]]/g, '').split('|');
  expect(words.length).toBeGreaterThan(8);
  for (const word of words) await operations.report(word, '', null);
  await operations.report('settings', 'set unit company', null);
  await operations.report('churn-risk', 'Acme', null);
  expect(asked).toEqual([
    ...words.map((word) => ['kith', word]),
    ['kith', 'settings set unit company'],
    ['churn-risk', 'Acme'],
  ]);
});
