import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { LANGUAGES } from '../../../src/lib/text.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { settingValue, withoutSetting, withSetting } from '../../../src/state/read-setting.ts';
import { NOT_BY_WORDS, SETTINGS } from '../../../src/state/settings-table.ts';

const defaults = portalStateSchema.parse({});
const named = (key: string) => SETTINGS.find((setting) => setting.key === key)!;

/** The keys of the schema, those of its strict objects with a dot. */
function keysOf(shape: Readonly<Record<string, z.core.$ZodType>>): string[] {
  return Object.keys(shape).flatMap((key) => {
    const value = settingValue(defaults, key);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    const inner = isMap ? Object.keys(value) : [];
    return inner.length === 0 ? [key] : inner.map((name) => `${key}.${name}`);
  });
}

describe('the table of settings', () => {
  it('has every key of the state, or says where it is decided', () => {
    const known = (key: string) =>
      SETTINGS.some((setting) => setting.key === key || setting.key.startsWith(`${key}.`)) ||
      Object.hasOwn(NOT_BY_WORDS, key);
    expect(keysOf(portalStateSchema.shape).filter((key) => !known(key))).toEqual([]);
  });

  it('has no key twice, none that the state does not know, and its texts in every language', () => {
    const keys = SETTINGS.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const inSchema = Object.keys(portalStateSchema.shape);
    for (const key of [...keys, ...Object.keys(NOT_BY_WORDS)]) expect(inSchema).toContain(key.split('.')[0]);
    for (const { label, accepts } of SETTINGS)
      for (const language of LANGUAGES) for (const text of [label, accepts]) expect(text[language]).not.toBe('');
  });

  it.each([
    ['horizonDays', '90', 90],
    ['unit', 'Contact', 'contact'],
    ['businessMode', 'project', 'project'],
    ['contracts.graceDays', '0', 0],
    ['contracts.endProperty', 'contract_end', 'contract_end'],
    ['churnProperty', 'companies.Churned_On', { object: 'companies', property: 'Churned_On' }],
    ['valueThresholds', 'medium=1000 high=5000.5', { medium: 1000, high: 5000.5 }],
    ['tierNames', 'Wood, Tin， “Iron”、Steel', ['Wood', 'Tin', 'Iron', 'Steel']],
    ['segmentNames', 's1=Our best, s2=Gone quiet', { s1: 'Our best', s2: 'Gone quiet' }],
    ['minimumSupport', '0.02', 0.02],
    ['language', 'ZH', 'zh'],
    ['channels.sales', '<#C0SALES|sales>', 'C0SALES'],
    ['adminChannel', 'C0ADMIN', 'C0ADMIN'],
    ['restrictReps', 'no', false],
    ['schedules.analyse', '0 6 * * 1-5', '0 6 * * 1-5'],
  ])('reads %s from “%s”, and takes it back', (key, text, value) => {
    const next = withSetting(defaults, named(key), text);
    expect(next === null ? null : settingValue(next, key)).toEqual(value);
    expect(withoutSetting(next!, named(key))).toEqual(defaults);
  });

  it.each([
    ['horizonDays', 'soon'],
    ['horizonDays', '-3'],
    ['horizonDays', '1.5'],
    ['contracts.graceDays', '400'],
    ['contracts.graceDays', 'none'],
    ['contracts.endProperty', 'kith_end'],
    ['contracts.endProperty', 'no such name'],
    ['churnProperty', 'deals.lost'],
    ['churnProperty', 'companies.kith_risk'],
    ['valueThresholds', 'medium=5000 high=1000'],
    ['valueThresholds', 'medium=x high=y'],
    ['tierNames', 'Wood, Tin, Iron'],
    ['tierNames', 'Wood, Wood, Iron, Steel'],
    ['minimumSupport', '2'],
    ['language', 'fr'],
    ['channels.sales', 'sales'],
    ['restrictReps', 'perhaps'],
    ['schedules.analyse', 'every day'],
  ])('refuses for %s “%s”', (key, text) => {
    expect(withSetting(defaults, named(key), text)).toBeNull();
  });

  it('knows “auto” and “none” as nobody’s decision, where that is one', () => {
    const set = withSetting(defaults, named('horizonDays'), '90')!;
    expect(withSetting(set, named('horizonDays'), 'auto')?.horizonDays).toBeNull();
    const channel = withSetting(defaults, named('channels.sales'), 'C0SALES')!;
    expect(withSetting(channel, named('channels.sales'), 'none')?.channels).toEqual({});
    expect(withSetting(defaults, named('businessMode'), 'auto')?.businessMode).toBe('auto');
  });

  it('puts a segment’s name beside the others', () => {
    const one = withSetting(defaults, named('segmentNames'), 's1=Ours')!;
    expect(withSetting(one, named('segmentNames'), 's2=Theirs')?.segmentNames).toEqual({ s1: 'Ours', s2: 'Theirs' });
  });
});
