import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { commands } from '../../commands/index.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createSettingsDesk } from '../../src/jobs/settings-desk.ts';
import { createAudit } from '../../src/ledger/audit.ts';
import type { Language } from '../../src/lib/text.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';
import type { Report } from '../../src/report/report.ts';
import { type PortalState, portalStateSchema } from '../../src/state/portal-state.ts';
import { SETTINGS } from '../../src/state/settings-table.ts';
import { withStore } from '../src/store/with-store.ts';
import { account } from './small-portal.ts';

const kith = withStore();
const NOW = Date.UTC(2026, 2, 9, 9);
const kithCommand = commands.find(({ name }) => name === 'kith')!;
const rep: Viewer = { ...commandLineViewer(), userId: 'U2', role: 'rep' };

/** A portal of its own, and what `/kith …` answers in it. */
async function open(name: string, environment: Parameters<typeof createSettingsDesk>[0]['environment'] = {}) {
  const portal = await kith.portal(name);
  let state: PortalState = portalStateSchema.parse({});
  const audit = createAudit(portal, () => NOW);
  const run = (text: string, viewer: Viewer = commandLineViewer(), language: Language = 'en'): Promise<Report> => {
    const context: Partial<CommandContext> = {
      language,
      timeZone: 'UTC',
      now: NOW,
      state,
      commands,
      namesOf: async () => (id) => (id === 'C0SALES' ? '#sales' : id === 'U2' ? '@ana' : id),
      reader: createReader({ portal, account, state, viewer }),
      settings: createSettingsDesk({
        portal,
        audit,
        actor: viewer.userId,
        state: () => state,
        updateState: async (change) => {
          state = portalStateSchema.parse(change(state));
          return state;
        },
        environment,
      }),
    };
    // Whatever else a context has is nothing to settings: a TypeError would fail the test.
    return kithCommand.run(context as CommandContext, text);
  };
  return {
    portal,
    audit,
    run,
    state: () => state,
    edit: (change: Partial<PortalState>) => void Object.assign(state, change),
  };
}

function rowOf(report: Report, key: string): readonly string[] | undefined {
  return report.parts.flatMap((part) => (part.kind === 'table' ? part.rows : [])).find(([first]) => first === key);
}

describe('/kith settings', () => {
  it('lists every setting with its value, where it comes from and what may be written', async () => {
    const { run, edit } = await open('listed', { horizonDays: { variable: 'KITH_HORIZON_DAYS', value: 45 } });
    await run('settings set tierNames Wood, Tin, Iron, Steel');
    edit({ restrictReps: false });
    const report = await run('settings');
    expect(report.parts.flatMap((part) => (part.kind === 'table' ? part.rows : []))).toHaveLength(SETTINGS.length);
    expect(rowOf(report, 'tierNames')?.slice(2, 4)).toEqual([
      'Wood, Tin, Iron, Steel',
      'set by command-line, 9 Mar 2026, 09:00',
    ]);
    expect(rowOf(report, 'restrictReps')?.slice(2, 4)).toEqual(['no', 'state.json, by hand']);
    expect(rowOf(report, 'horizonDays')?.slice(2, 4)).toEqual([
      '45',
      'KITH_HORIZON_DAYS, which wins over what is set here',
    ]);
    expect(rowOf(report, 'unit')?.slice(2, 4)).toEqual(['chosen from the records', 'default']);
    expect(report.headline).toContain('3 of them decided');
    const chinese = await run('settings', commandLineViewer(), 'zh');
    expect(rowOf(chinese, 'restrictReps')?.[2]).toBe('否');
  });

  it('calls channels, and whoever decided, as the chat does', async () => {
    const { run } = await open('named');
    const admin: Viewer = { ...commandLineViewer(), userId: 'U2' };
    expect((await run('settings preview channels.sales C0SALES', admin)).headline).toContain('would be #sales');
    expect((await run('settings set channels.sales C0SALES', admin)).headline).toContain(
      'channels.sales is now #sales',
    );
    expect(rowOf(await run('settings'), 'channels.sales')?.slice(2, 4)).toEqual([
      '#sales',
      'set by @ana, 9 Mar 2026, 09:00',
    ]);
  });

  it('sets, says what it was and when it shows, and writes it down; a reset takes it back', async () => {
    const { run, state, audit, portal } = await open('set');
    const set = await run('settings set horizonDays 120');
    expect(set.headline).toBe('horizonDays is now 120; it was chosen from the records');
    expect(JSON.stringify(set.parts)).toContain('Takes effect with the next analysis');
    expect(state().horizonDays).toBe(120);
    expect((await run('settings set HORIZONdays 120')).headline).toBe('horizonDays is 120 already');
    const property = await run('settings set churnProperty companies.churned_on');
    expect(JSON.stringify(property.parts)).toContain('next sync reads every record once more');
    await run('settings reset horizonDays');
    expect(state().horizonDays).toBeNull();
    const entries = await portal.query<{ subject: string; details: string }>(
      `SELECT subject, details FROM {db:Identifier}.audit WHERE act = 'changed-settings' ORDER BY seq`,
    );
    expect(entries.map(({ subject, details }) => [subject, JSON.parse(details)])).toEqual([
      ['horizonDays', { before: null, after: 120 }],
      ['churnProperty', { before: null, after: { object: 'companies', property: 'churned_on' } }],
      ['horizonDays', { before: 120, after: null }],
    ]);
    expect((await audit.verify()).ok).toBe(true);
  });

  it('previews without changing anything, for everybody', async () => {
    const { run, state } = await open('previewed');
    const report = await run('settings preview contracts.graceDays 60', rep);
    expect(report.headline).toBe('contracts.graceDays would be 60; it is 30');
    expect(JSON.stringify(report.parts)).toContain('Nothing was changed');
    expect(state().contracts.graceDays).toBe(30);
  });

  it('refuses whoever is no admin, a value that is none, a key that is none, and another company’s channel', async () => {
    const { run, state } = await open('refused');
    await expect(run('settings set horizonDays 90', rep)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(run('settings reset horizonDays', { ...rep, role: 'manager' })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(run('settings set horizonDays soon')).rejects.toThrow(
      'horizonDays cannot be “soon”, and nothing was changed: write a whole number of days above 0, or auto',
    );
    await expect(run('settings set horizon 90')).rejects.toThrow('did you mean horizonDays?');
    await expect(run('settings set rfmCutPoints 1')).rejects.toThrow('/kith rfm');
    await expect(run('settings change it')).rejects.toThrow('`/kith settings set KEY VALUE`');
    const outside: Viewer = { ...commandLineViewer(), place: { kind: 'shared-externally', channelId: 'C1' } };
    for (const text of ['settings', 'settings set language zh'])
      await expect(run(text, outside)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(state()).toEqual(portalStateSchema.parse({}));
  });
});
