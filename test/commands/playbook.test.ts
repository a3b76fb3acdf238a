import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { actions, commands } from '../../commands/index.ts';
import { readDays, readHoldOut, readPlaybookText } from '../../commands/shared/playbook-grammar.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createPlaybookDesk } from '../../src/jobs/playbook-desk.ts';
import { createAudit } from '../../src/ledger/audit.ts';
import { createFindings } from '../../src/ledger/findings.ts';
import { createPlaybookLog } from '../../src/ledger/playbook-log.ts';
import type { Language } from '../../src/lib/text.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import type { Report } from '../../src/report/report.ts';
import { expectReadable } from '../contracts/test-command.ts';
import { chatContext } from './chat-context.ts';
import { AS_OF, account, openSmallPortal, type SmallPortal, stateOf } from './small-portal.ts';

let small: SmallPortal;
let state = stateOf();
beforeAll(async () => {
  small = await openSmallPortal();
  await small.analyse(AS_OF);
});
afterAll(() => small.close());

const manager: Viewer = {
  userId: 'U1',
  role: 'manager',
  department: 'sales',
  ownerIds: [],
  place: { kind: 'only-viewer' },
};
const rep: Viewer = { ...manager, userId: 'U2', role: 'rep', ownerIds: ['o2'] };
const outside: Viewer = { ...manager, place: { kind: 'shared-externally', channelId: 'C9' } };
const terminal: Viewer = { ...manager, userId: 'command-line', role: 'admin' };

function contextOf(viewer: Viewer, language: Language): CommandContext {
  const { portal } = small;
  const refuse = () => Promise.reject(new Error('not asked for here'));
  return {
    ...chatContext({ portal, language, viewer, kept: { current: state }, now: () => AS_OF }),
    language,
    timeZone: account.timeZone,
    now: AS_OF,
    state,
    commands,
    status: refuse,
    doctor: refuse,
    findings: createFindings(portal, () => AS_OF),
    tasks: { create: refuse },
    reader: createReader({ portal, account, state, viewer }),
    writeBack: { preview: refuse, approve: refuse, undo: refuse },
    loyalty: { list: () => [], set: refuse, remove: refuse },
    rfm: { view: refuse, preview: refuse, derive: refuse, save: refuse },
    settings: { views: refuse, preview: () => null, moves: refuse, set: refuse, reset: refuse },
    people: { list: () => [], set: refuse, remove: refuse },
    playbooks: createPlaybookDesk({
      portal,
      playbookLog: createPlaybookLog(portal, () => AS_OF),
      audit: createAudit(portal, () => AS_OF),
      actor: viewer.userId,
      now: () => AS_OF,
      nameOf: async (id) => id,
      state: () => state,
      updateState: async (change) => {
        state = change(state);
        return state;
      },
    }),
  };
}

async function run(name: string, text: string, viewer: Viewer = manager, language: Language = 'en'): Promise<Report> {
  const report = await commands.find((command) => command.name === name)!.run(contextOf(viewer, language), text);
  expectReadable(report, language);
  return report;
}

async function press(name: string, value: string, viewer: Viewer = manager): Promise<Report> {
  return actions.find((action) => action.name === name)!.run(contextOf(viewer, 'en'), value);
}

const buttonsOf = (report: Report) =>
  report.parts
    .flatMap((part) => (part.kind === 'item' ? (part.actions ?? []) : []))
    .filter(({ action }) => /playbook/.test(action));

describe('/kith playbook', () => {
  it('lists every class, tier and segment with what is done, and Kith’s own where nobody decided', async () => {
    const report = await run('kith', 'playbook');
    const table = report.parts.find((part) => part.kind === 'table')!;
    const byTarget = new Map(table.rows.map((row) => [row[0], row]));
    expect(byTarget.get('value:low')?.slice(3)).toEqual(['discount offers', '–', '14 days', '20%', 'not started']);
    expect(byTarget.get('value:high')?.[3]).toBe('exclusive benefits');
    expect(byTarget.has('tier:Gold')).toBe(true);
    expect((await run('kith', 'playbooks list', manager, 'zh')).headline).toContain('客群方案');
  });

  it('is changed word by word, in capitals as typed, and by the name of a group too', async () => {
    expect((await run('kith', 'playbook set value:low "Call Back | 回电"')).headline).toContain(': Call Back');
    expect((await run('kith', 'playbook show low', manager, 'zh')).headline).toContain('回电');
    await run('kith', 'playbook owner "value:low" anna');
    await run('kith', 'playbook due low value 10');
    await run('kith', 'playbook hold-out value:low 40%');
    expect(state.playbooks['value:low']).toEqual({
      text: { en: 'Call Back', zh: '回电' },
      owner: { kind: 'crm', id: 'o1' },
      dueDays: 10,
      holdOut: 0.4,
    });
    await run('kith', 'playbook owner Gold me');
    expect(state.playbooks['tier:Gold']?.owner).toEqual({ kind: 'chat', id: 'U1' });
    await run('kith', 'playbook reset Gold');
    expect(state.playbooks['tier:Gold']?.text).toBeNull();
  });

  it('refuses what it cannot read and says what to write instead', async () => {
    await expect(run('kith', 'playbook sett low x')).rejects.toThrow('did you mean set');
    await expect(run('kith', 'playbook show value:lowx')).rejects.toThrow(/did you mean .*value:low/);
    await expect(run('kith', 'playbook due low soon')).rejects.toThrow('“soon” is no number of days');
    await expect(run('kith', 'playbook hold-out low 60%')).rejects.toThrow('from 0% to 50%');
    await expect(run('kith', 'playbook owner low nobody')).rejects.toThrow('No CRM owner is called “nobody”');
    await expect(run('kith', 'playbook set low')).rejects.toThrow('What is to be done?');
    await expect(run('kith', 'playbook who low')).rejects.toThrow('nobody is drawn');
    await expect(run('kith', 'playbook stop low')).rejects.toThrow('No playbook of low value is running');
  });

  it('lets only admins and managers change or start one, and says nothing where another company listens', async () => {
    for (const text of ['set low x', 'start low', 'confirm abc value:low', 'stop low', 'due low 3']) {
      await expect(run('kith', `playbook ${text}`, rep)).rejects.toMatchObject({ code: 'not-allowed' });
    }
    await expect(press('preview-playbook', 'value:low', rep)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(press('start-playbook', 'abc value:low', rep)).rejects.toMatchObject({ code: 'not-allowed' });
    for (const text of ['', 'outcome', 'show low']) {
      await expect(run('kith', `playbook ${text}`, outside)).rejects.toMatchObject({ code: 'not-allowed' });
    }
    expect(buttonsOf(await run('kith', 'playbook show low', rep))).toEqual([]);
  });

  it('tells a terminal what to type, and offers a manager the button', async () => {
    const typed = JSON.stringify((await run('kith', 'playbook start low', terminal)).parts);
    expect(typed).toMatch(/kith playbook confirm [0-9a-f]{12} value:low/);
    const preview = await press('preview-playbook', buttonsOf(await run('kith', 'playbook show low'))[0]!.value);
    expect(preview.headline).toMatch(/^“Call Back” for \d+ customers of low value: \d+ treated, \d+ held out$/);
    expect(JSON.stringify(preview.parts)).toMatch(
      /only a rise of about \d+ points or more would show|no difference would show/,
    );
    expect(buttonsOf(preview)).toMatchObject([{ action: 'start-playbook', style: 'primary' }]);
    expect(buttonsOf(preview)[0]!.confirm?.text).toMatch(/^Treated: \d+; held out: \d+\./);
  });
});

describe('a playbook where it matters', () => {
  it('is shown by /value, /loyalty and /segments as people set it, with a button', async () => {
    const value = await run('value', '');
    const classes = value.parts.find((part) => part.kind === 'table' && part.title === 'Value classes');
    expect(JSON.stringify(classes)).toContain('Call Back');
    expect(buttonsOf(value).map((button) => button.value)).toEqual(['value:high', 'value:medium', 'value:low']);
    expect(buttonsOf(await run('value', 'low'))).toMatchObject([{ value: 'value:low', label: 'Start…' }]);
    expect(buttonsOf(await run('loyalty', '')).map((button) => button.value)).toContain('tier:Gold');
    expect(buttonsOf(await run('loyalty', 'gold'))).toMatchObject([{ value: 'tier:Gold' }]);
    const segment = Object.keys(await segmentTargets())[0]!;
    await run('kith', `playbook set ${segment} Send A Card`);
    expect(JSON.stringify(await run('segments', ''))).toContain('Send A Card');
    const one = await run('segments', (await segmentTargets())[segment]!);
    expect(JSON.stringify(one)).toContain('Send A Card');
    expect(buttonsOf(one)).toMatchObject([{ value: segment }]);
    expect(buttonsOf(await run('value', '', rep))).toEqual([]);
  });

  it('is the next step of a customer; who is held out is offered nothing', async () => {
    const { token } = await contextOf(manager, 'en').playbooks.preview('value:low');
    const started = await press('start-playbook', `${token} value:low`);
    expect(started.headline).toMatch(
      /^Started: “Call Back” for \d+ customers of low value, \d+ held out; due 19 Mar 2026$/,
    );
    expect((await press('start-playbook', `${token} value:low`)).headline).toMatch(/^It has been started already/);
    const [running] = await createPlaybookLog(small.portal, () => AS_OF).runs();
    const drawn = await contextOf(manager, 'en').playbooks.drawn(running!);
    const stepOf = async (arm: string): Promise<string> => {
      const id = drawn.find((one) => one.arm === arm)!.customerId;
      const step = (await run('customer', id)).parts.find((part) => part.kind === 'item' && part.title === 'Next step');
      return JSON.stringify(step);
    };
    expect(await stepOf('treated')).toContain('In the running playbook “Call Back”, due 19 Mar 2026');
    const heldOut = await stepOf('held-out');
    expect(heldOut).toContain('Held out of “Call Back” until 18 May 2026');
    expect(heldOut).not.toContain('have ready');
  });

  it('lists both groups for who may see them, a rep their own alone', async () => {
    const all = await run('kith', 'playbook who low');
    expect(all.parts.filter((part) => part.kind === 'table')).toHaveLength(2);
    const own = await run('kith', 'playbook who low', rep);
    const owners = own.parts.flatMap((part) => (part.kind === 'table' ? part.rows.map((row) => row[1]) : []));
    expect(new Set(owners)).toEqual(new Set(['Ben Ito']));
    expect(JSON.stringify(own.parts)).toContain('Only the customers that you own are shown');
    expect((await run('kith', 'playbook outcome low')).headline).toMatch(
      /^Call Back: 0 of \d+ ordered against 0 of \d+ held out/,
    );
    expect((await run('kith', 'playbook stop low')).headline).toBe('Stopped: “Call Back” for low value');
    expect((await run('kith', 'playbook outcome', manager, 'zh')).headline).toContain('提前停止');
  });
});

describe('what is typed after a target', () => {
  it('is read in the forms that people write', () => {
    expect(readHoldOut('en', '20%')).toBe(0.2);
    expect(readHoldOut('en', '20')).toBe(0.2);
    expect(readHoldOut('en', '0.25')).toBe(0.25);
    expect(readHoldOut('en', '0')).toBe(0);
    expect(readDays('en', '14 days')).toBe(14);
    expect(readPlaybookText('en', '“A card”')).toBe('A card');
    expect(() => readPlaybookText('zh', 'a | b | c')).toThrow('请在客群后写明做法');
    expect(() => readDays('zh', '0')).toThrow('不是天数');
  });
});

async function segmentTargets(): Promise<Record<string, string>> {
  const views = await contextOf(manager, 'en').playbooks.views();
  return Object.fromEntries(
    views.filter(({ target }) => target.startsWith('segment:')).map(({ target, name }) => [target, name.en]),
  );
}
