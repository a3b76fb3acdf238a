import { describe, expect, it } from 'vitest';
import { isHeld } from '../../../src/jobs/quiet-hours.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { withSetting } from '../../../src/state/read-setting.ts';
import { SETTINGS } from '../../../src/state/settings-table.ts';

const BERLIN = 'Europe/Berlin';
const evening = { from: '18:00', to: '08:00', weekends: false };
/** A Monday. */
const at = (time: string, day = '2026-03-09'): number => Date.parse(`${day}T${time}:00+01:00`);

describe('quiet hours', () => {
  it('run over midnight in the portal’s zone, from their first minute to before their last', () => {
    const held = ['17:59', '18:00', '23:30', '00:00', '07:59', '08:00'].map((time) =>
      isHeld('digest', evening, at(time), BERLIN),
    );
    expect(held).toEqual([false, true, true, true, true, false]);
  });

  it('run within a day as well', () => {
    const noon = { from: '12:00', to: '13:00', weekends: false };
    expect(['11:59', '12:00', '13:00'].map((time) => isHeld('digest', noon, at(time), BERLIN))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('hold weekends as a whole where people asked for it', () => {
    const saturday = at('10:00', '2026-03-14');
    expect(isHeld('digest', evening, saturday, BERLIN)).toBe(false);
    expect(isHeld('digest', { ...evening, weekends: true }, saturday, BERLIN)).toBe(true);
  });

  it('hold nothing where there are none, and never what says that Kith is in trouble', () => {
    expect(isHeld('digest', null, at('23:00'), BERLIN)).toBe(false);
    expect(isHeld('missed-jobs', evening, at('23:00'), BERLIN)).toBe(false);
    expect(isHeld('undelivered', evening, at('23:00'), BERLIN)).toBe(false);
  });

  it('are set by words, and by nothing that is no time', () => {
    const setting = SETTINGS.find(({ key }) => key === 'quietHours')!;
    const set = (text: string) => withSetting(portalStateSchema.parse({}), setting, text)?.quietHours;
    expect(set('18:00-08:00')).toEqual(evening);
    expect(set('18:00–08:00 weekends')).toEqual({ ...evening, weekends: true });
    expect(set('none')).toBeNull();
    expect(set('25:00-08:00')).toBeUndefined();
    expect(set('at night')).toBeUndefined();
  });
});
