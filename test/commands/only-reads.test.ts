import { describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { onlyReads } from '../../commands/shared/only-reads.ts';

/** Texts that only read, and texts that may change something, by command. */
const TEXTS: Readonly<Record<string, { readonly reads: readonly string[]; readonly writes: readonly string[] }>> = {
  kith: {
    reads: [
      ...['', 'help', '帮助', 'status', '状态', 'health', '健康', 'doctor', '诊断', 'privacy', '隐私'],
      ...['rfm', 'rfm preview recency 10 20 30 40', 'rfm derive', 'RFM 预览 recency 1 2 3 4'],
      ...[
        'playbook',
        'playbooks list',
        'playbook show value:low',
        'playbook who value:low',
        'playbook outcome',
        '方案 查看 x',
      ],
      ...['settings', 'settings preview horizonDays 90', '设置', 'people', 'subscribe'],
    ],
    writes: [
      ...[
        'settings set horizonDays 90',
        'Settings SET horizonDays 90',
        '设置 设置 horizonDays 90',
        'settings reset horizonDays',
      ],
      ...['“settings set horizonDays 90”', ' settings\u200b set horizonDays 90', 'settings  reset horizonDays'],
      ...['people set @U1 admin', 'people remove @U1', 'rfm set recency 10 20 30 40', 'rfm 设置 recency 1 2 3 4'],
      ...['playbook set value:low call', 'playbook start value:low', 'playbook confirm x', 'playbook stop value:low'],
      ...[
        'playbook owner value:low @U1',
        'playbook due value:low 7',
        'playbook hold-out value:low 10',
        'playbook reset value:low',
      ],
      ...['subscribe sales', 'subscribe sales off', '订阅 销售', 'something new'],
    ],
  },
  'churn-risk': { reads: ['', 'lapsed', 'me', 'Acme Ltd', 'set'], writes: [] },
  likely: { reads: ['', 'me', 'Desk'], writes: [] },
  customers: { reads: [''], writes: [] },
  customer: { reads: ['Acme Ltd'], writes: [] },
  segments: { reads: ['', 'Loyal regulars'], writes: [] },
  loyalty: {
    reads: ['', 'Gold', 'overrides', 'settled'],
    writes: [
      'set Acme Ltd Gold',
      'SET Acme Ltd Gold',
      '“set Acme Ltd Gold”',
      '设置 Acme 金',
      'unset Acme Ltd',
      '取消 Acme',
      '\u2066set Acme Gold',
    ],
  },
  value: { reads: ['', 'high'], writes: [] },
  basket: { reads: ['', 'Desk', 'me'], writes: [] },
  recommend: { reads: ['', 'Acme Ltd', 'me'], writes: [] },
  service: { reads: ['', 'me'], writes: [] },
  forecast: { reads: [''], writes: [] },
  anomalies: { reads: [''], writes: [] },
  models: { reads: [''], writes: [] },
  // Making a plan keeps it.
  'write-back': { reads: [], writes: ['', 'preview', 'undo wb-1'] },
};

describe('whether a command only reads', () => {
  it('is known here of every command that there is', () => {
    expect(Object.keys(TEXTS).toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
  });

  const all = (kind: 'reads' | 'writes') =>
    Object.entries(TEXTS).flatMap(([command, texts]) => texts[kind].map((text) => [command, text] as const));

  it.each(all('reads'))('/%s %s does', (command, text) => {
    expect(onlyReads(commands, { command, text })).toBe(true);
  });

  it.each(all('writes'))('/%s %s may change something', (command, text) => {
    expect(onlyReads(commands, { command, text })).toBe(false);
  });

  it('is not so of a command that is not known', () => {
    expect(onlyReads(commands, { command: 'gone', text: '' })).toBe(false);
  });
});
