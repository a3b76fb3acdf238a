import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { commands } from '../../commands/index.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createPeopleDesk } from '../../src/jobs/people-desk.ts';
import { createAudit } from '../../src/ledger/audit.ts';
import type { Language } from '../../src/lib/text.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import { commandLineViewer, viewerFor } from '../../src/privacy/viewer.ts';
import type { Report } from '../../src/report/report.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';
import { withStore } from '../src/store/with-store.ts';
import { account } from './small-portal.ts';

const kith = withStore();
const NOW = Date.UTC(2026, 2, 9, 9);
const kithCommand = commands.find(({ name }) => name === 'kith')!;

/** A portal of its own, and what `/kith people …` answers in it to whoever asks in a direct message. */
async function open(name: string, names: ReadonlyMap<string, string> = new Map()) {
  const portal = await kith.portal(name);
  let state = portalStateSchema.parse({});
  const audit = createAudit(portal, () => NOW);
  const viewerOf = (userId: string): Viewer =>
    viewerFor({ userId, userEmail: '', channelId: 'D1', channelKind: 'direct' }, state, []);
  const ask = (text: string, viewer: Viewer = commandLineViewer(), language: Language = 'en'): Promise<Report> => {
    const context: Partial<CommandContext> = {
      language,
      timeZone: 'UTC',
      now: NOW,
      state,
      commands,
      namesOf: async () => (id) => names.get(id) ?? id,
      reader: createReader({ portal, account, state, viewer }),
      people: createPeopleDesk({
        audit,
        actor: viewer.userId,
        state: () => state,
        updateState: async (change) => {
          state = portalStateSchema.parse(change(state));
          return state;
        },
      }),
    };
    // Whatever else a context has is nothing to people: a TypeError would fail the test.
    return kithCommand.run(context as CommandContext, text);
  };
  const edit = (change: object): void => {
    state = portalStateSchema.parse({ ...state, ...change });
  };
  return { portal, audit, ask, viewerOf, state: () => state, edit };
}

const rowsOf = (report: Report) => report.parts.flatMap((part) => (part.kind === 'table' ? part.rows : []));

describe('/kith people', () => {
  it('says that nobody has a role yet, then lists who has which, the mightiest first', async () => {
    const { ask } = await open('listed');
    expect((await ask('people')).headline).toBe('Nobody has a role of their own: everybody is viewer');
    await ask('people set <@U2ANA|ana> rep sales');
    await ask('people set U1BEN admin');
    const report = await ask('people');
    expect(report.headline).toBe('2 people have a role of their own; everybody else is viewer');
    expect(rowsOf(report)).toEqual([
      ['U1BEN', 'admin', '–', 'by e-mail'],
      ['U2ANA', 'rep', 'sales', 'by e-mail'],
    ]);
    expect((await ask('people', commandLineViewer(), 'zh')).headline).toMatch(/2 人/);
  });

  it('calls people as the chat does, and CRM owners as the CRM does', async () => {
    const { ask, edit, portal } = await open('named', new Map([['U2ANA', '@ana']]));
    const owner = { id: '7001', email: 'ana@kith.example', firstName: 'Ana', lastName: 'Duarte' };
    await portal.crm.upsert('owners', [{ ...owner, createdAt: 1, updatedAt: 1, archived: false, extra: {} }], {
      origin: 'list',
    });
    expect((await ask('people set U2ANA rep')).headline).toBe('@ana is now rep; before: viewer');
    edit({ people: { U2ANA: { role: 'rep', ownerIds: ['7001', '7002'] } } });
    expect(rowsOf(await ask('people'))).toEqual([['@ana', 'rep', '–', 'Ana Duarte, no longer in the CRM']]);
    expect(rowsOf(await ask('people', commandLineViewer(), 'zh'))[0]?.[3]).toBe('Ana Duarte、已不在 CRM 中');
  });

  it('holds at once, keeps what is not said, and takes a department away', async () => {
    const { ask, viewerOf, state } = await open('held');
    expect((await ask('people set <@U2ANA> Sales Rep')).headline).toBe('U2ANA is now rep, sales; before: viewer');
    expect(viewerOf('U2ANA')).toMatchObject({ role: 'rep', department: 'sales' });
    expect((await ask('people set U2ANA manager')).headline).toBe('U2ANA is now manager, sales; before: rep, sales');
    expect((await ask('people set U2ANA none')).headline).toBe('U2ANA is now manager; before: manager, sales');
    expect((await ask('people set U2ANA manager')).headline).toBe('U2ANA is manager already');
    expect((await ask('people remove U2ANA')).headline).toBe('U2ANA is now viewer; before: manager');
    expect(state().people).toEqual({});
  });

  it('writes down who changed whom, and only what changed', async () => {
    const { ask, portal, audit } = await open('audited');
    await ask('people set U2ANA rep');
    await ask('people set U2ANA rep');
    const entries = await portal.query<{ actor: string; act: string; subject: string; details: string }>(
      'SELECT actor, act, subject, details FROM {db:Identifier}.audit ORDER BY seq',
    );
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ actor: 'command-line', act: 'changed-settings', subject: 'people' });
    expect(JSON.parse(entries[0]!.details)).toMatchObject({ userId: 'U2ANA', before: null, after: { role: 'rep' } });
    expect((await audit.verify()).ok).toBe(true);
  });

  it('is changed by admins only, and never leaves the chat without one', async () => {
    const { ask, viewerOf, state } = await open('guarded');
    await expect(ask('people set U9EVE admin', viewerOf('U9EVE'))).rejects.toMatchObject({ code: 'not-allowed' });
    await ask('people set U1BEN admin');
    for (const text of ['people set U1BEN rep', 'people remove U1BEN']) {
      await expect(ask(text, viewerOf('U1BEN'))).rejects.toMatchObject({
        code: 'not-allowed',
        message: expect.stringContaining('U1BEN is the last admin, and nothing was changed'),
      });
    }
    expect(state().people.U1BEN?.role).toBe('admin');
    await ask('people set U2ANA admin', viewerOf('U1BEN'));
    await ask('people remove U1BEN', viewerOf('U2ANA'));
    expect(viewerOf('U1BEN').role).toBe('viewer');
  });

  it('refuses whoever is no chat user, and words that are no role, and is silent where another company reads', async () => {
    const { ask, state } = await open('refused');
    await expect(ask('people set ana rep')).rejects.toThrow('give the member id');
    await expect(ask('people set U2ANA boss')).rejects.toThrow('the roles are admin, manager, rep, viewer');
    await expect(ask('people set U2ANA rep manager')).rejects.toThrow('one too many');
    await expect(ask('people promote U2ANA')).rejects.toThrow('is not known');
    const shared: Viewer = { ...commandLineViewer(), place: { kind: 'shared-externally', channelId: 'C1' } };
    await expect(ask('people', shared)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(state().people).toEqual({});
  });
});
