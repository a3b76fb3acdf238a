import { expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import type { Kith } from '../../src/kith.ts';
import type { AuditRecord } from '../../src/ledger/audit.ts';
import { createOperations } from '../../src/operations.ts';
import { createErasureGate } from '../../src/store/erasure-gate.ts';

it('reports by its own name whatever follows /kith', async () => {
  const asked: string[][] = [];
  const noted: AuditRecord[] = [];
  const workspace = {
    account: { timeZone: 'UTC' },
    portal: {
      crm: { keyedHash: async (kind: string, text: string) => `${kind}:${text}` },
      erasures: createErasureGate(),
    },
    audit: { append: async (record: AuditRecord) => void noted.push(record) },
  };
  const kith = {
    now: Date.now,
    config: { language: 'en' },
    commands,
    workspace: async () => workspace,
    async command(_at: unknown, _asker: unknown, name: string, text: string) {
      asked.push([name, text]);
      return { language: 'en', headline: '', parts: [], trust: '' };
    },
  } as unknown as Kith;
  const terminal = { out: () => undefined, err: () => undefined, isTerminal: false, columns: 80 };
  const { signal } = new AbortController();
  const operations = createOperations(kith, terminal, {
    folder: '/',
    user: 'ana',
    close: async () => undefined,
    signal,
  });
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
  expect(noted).toHaveLength(asked.length);
  expect(noted.at(-1)).toEqual({
    ...{ actor: 'command line: ana', act: 'asked', subject: 'churn-risk' },
    details: { text: 'audit:Acme' },
  });
});
