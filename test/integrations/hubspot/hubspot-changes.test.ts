import { afterEach, describe, expect, it } from 'vitest';
import { type StandInHubspotOptions, startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../../demo/portal/generate-portal.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import type { ObjectType } from '../../../src/domain/crm.ts';
import type { CrmChanges, CrmId, CrmPage } from '../../../src/ports/crm.ts';
import { recordsOf } from '../../contracts/test-crm.ts';
import { type Script, startFakeHubspot } from './fake-hubspot.ts';
import { virtualTime } from './virtual-time.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

const START = Date.UTC(2026, 10, 15, 12);
const { portal } = generatePortal({ seed: 5, companies: 40 });

async function standIn(options: Partial<StandInHubspotOptions> = {}) {
  const time = virtualTime(START);
  const server = await startStandInHubspot({
    portal,
    token: 't',
    limits: { perTenSeconds: 190, searchPerSecond: 5, daily: 250_000 },
    now: time.now,
    ...options,
  });
  closing.push(server.close);
  const crm = await openHubspot({
    accessToken: 't',
    basePath: server.url,
    engagements: true,
    ...time,
    random: () => 0.5,
    timeoutMs: 2000,
  });
  return { server, time, crm, changes: changesOf(crm.source.changes), live: server.portal };
}

const ACCOUNT = { portalId: 42, timeZone: 'Europe/Berlin', companyCurrency: 'EUR' };

/** A HubSpot that answers what a test says, to all but the question who it is. */
async function scripted(script: Script) {
  const server = await startFakeHubspot((call) =>
    call.path.startsWith('/account-info/') ? { status: 200, body: ACCOUNT } : script(call),
  );
  closing.push(server.close);
  const crm = await openHubspot({ accessToken: 't', basePath: server.url, ...virtualTime(), random: () => 0.5 });
  return { server, changes: changesOf(crm.source.changes) };
}

function changesOf(changes: CrmChanges | null): CrmChanges {
  if (changes === null) {
    throw new Error('HubSpot tells its changes');
  }
  return changes;
}

const WINDOW = { from: START, to: START + 3_600_000 };

async function modified<T extends ObjectType>(changes: CrmChanges, type: T, afterId?: string): Promise<CrmPage<T>[]> {
  const pages: CrmPage<T>[] = [];
  for await (const page of changes.modified(type, WINDOW, afterId === undefined ? {} : { afterId })) {
    pages.push(page);
  }
  return pages;
}

const idsOf = (pages: readonly CrmPage<ObjectType>[]) => recordsOf(pages).map(({ id }) => id);

describe('the records that changed in a window', () => {
  it('are found for every type, by the modified property that is its own', async () => {
    const { changes, live } = await standIn();
    expect(changes.types).toEqual([
      'companies',
      'contacts',
      'products',
      'deals',
      'line_items',
      'tickets',
      'engagements',
    ]);
    const values = {
      companies: { name: 'x' },
      contacts: { firstname: 'x' },
      products: { name: 'x' },
      deals: { dealname: 'x' },
      line_items: { name: 'x' },
      tickets: { subject: 'x' },
    } as const;
    for (const [type, edit] of Object.entries(values) as [keyof typeof values, Record<string, string>][]) {
      const [first = '', second = ''] = live.ids(type);
      live.edit(type, second, edit);
      live.edit(type, first, edit);
      expect(idsOf(await modified(changes, type)), type).toEqual([first, second]);
    }
  });

  it('take in the four objects of engagements, and go on from every one of them', async () => {
    const { changes, live } = await standIn();
    const expected: string[] = [];
    for (const object of ['calls', 'meetings', 'emails', 'feedback_submissions'] as const) {
      const [first = '', second = ''] = live.ids(object);
      live.edit(object, first, { hs_note: 'x' });
      live.edit(object, second, { hs_note: 'x' });
      expected.push(`${object}/${first}`, `${object}/${second}`);
    }
    const pages = await modified(changes, 'engagements');
    expect(idsOf(pages)).toEqual(expected);
    expect(pages.at(-1)?.next).toBeNull();
    for (const [index, { next }] of pages.entries()) {
      if (next !== null) {
        expect(idsOf(await modified(changes, 'engagements', next))).toEqual(idsOf(pages.slice(index + 1)));
      }
    }
  });

  it('are all found when more of them than search ever shows changed in the same millisecond', async () => {
    const { changes, live, server } = await standIn();
    const ids = Array.from({ length: 10_300 }, () => live.create('companies', { name: 'made at once' }));
    const before = server.calls();
    const pages = await modified(changes, 'companies');
    expect(idsOf(pages)).toEqual(ids);
    // 52 searches, and one association call for a thousand would not be needed: companies are associated from elsewhere.
    expect(server.calls() - before).toBe(52);
    const [, , third] = pages;
    expect(idsOf(await modified(changes, 'companies', third?.next ?? ''))).toEqual(ids.slice(3000));
  });

  it('come with all their associations, a thousand ids to a call', async () => {
    const { changes, live, server } = await standIn({ associationsPage: 1 });
    const [company = '', other = ''] = live.ids('companies');
    const made = Array.from({ length: 450 }, () => live.create('contacts', { firstname: 'x' }));
    for (const id of made) live.link('contacts', id, 'companies', company, true);
    live.link('contacts', made[7] ?? '', 'companies', other);
    const before = server.calls();
    const pages = await modified(changes, 'contacts');
    expect(server.calls() - before).toBe(3 + 2);
    expect(pages.flatMap(({ associations }) => associations)).toHaveLength(451);
    expect(pages.flatMap(({ associations }) => associations)).toContainEqual({
      fromType: 'contacts',
      fromId: made[7],
      toType: 'companies',
      toId: other,
      isPrimary: false,
    });
  });

  it('are found through every kind of trouble on the way', async () => {
    const { changes, live, server } = await standIn();
    const ids = Array.from({ length: 1500 }, () => live.create('contacts', { firstname: 'x' }));
    server.setFault({
      seed: 11,
      share: 0.4,
      kinds: ['429-secondly', '429-html', '423', '477', '500', '502', '504', '524', 'done-500', 'done-reset', 'reset'],
    });
    expect(idsOf(await modified(changes, 'contacts'))).toEqual(ids);
  });

  const record = (id: number, at = START) => ({
    id: String(id),
    properties: { hs_lastmodifieddate: new Date(at).toISOString() },
  });
  const lastIdOf = (body: unknown) => Number(/"GT","value":"(\d+)"/.exec(JSON.stringify(body))?.[1]);

  it('leave out what the index brings from outside the window, and go on behind it', async () => {
    const { changes } = await scripted(({ body }) => {
      const results = [record(1), record(2, WINDOW.to + 1), record(3, WINDOW.from - 1), record(4, WINDOW.to)];
      return { status: 200, body: { results: results.filter(({ id }) => Number(id) > lastIdOf(body)) } };
    });
    expect(idsOf(await modified(changes, 'companies'))).toEqual(['1', '4']);
  });

  it('are complete even when search ignores the order that was asked for, or claims no total and no more pages', async () => {
    const all = Array.from({ length: 700 }, (_, n) => record(1000 + ((n * 37) % 700)));
    const disordered = await scripted(({ body }) => {
      const rest = all.filter(({ id }) => Number(id) > lastIdOf(body));
      const start = Number((body as { after?: string }).after ?? 0);
      const paging = start + 200 < rest.length ? { paging: { next: { after: String(start + 200) } } } : {};
      return { status: 200, body: { total: 3, results: rest.slice(start, start + 200), ...paging } };
    });
    const sorted = all.map(({ id }) => id).sort((a, b) => Number(a) - Number(b));
    expect(idsOf(await modified(disordered.changes, 'companies'))).toEqual(sorted);
    const silent = await scripted(({ body }) => {
      const rest = sorted.filter((id) => Number(id) > lastIdOf(body)).map((id) => record(Number(id)));
      return { status: 200, body: { results: rest.slice(0, 200) } };
    });
    expect(idsOf(await modified(silent.changes, 'companies'))).toEqual(sorted);
  });

  it('are asked for in smaller pages when HubSpot runs out of time over a full one', async () => {
    const limits: number[] = [];
    const { changes } = await scripted(({ body }) => {
      const { limit } = body as { limit: number };
      limits.push(limit);
      return limit > 50 ? { status: 524, body: '<html></html>' } : { status: 200, body: { results: [record(1)] } };
    });
    expect(idsOf(await modified(changes, 'companies'))).toEqual(['1']);
    expect(limits).toEqual([200, 100, 50]);
  });
});

describe('reading records by id', () => {
  it('tells live, archived, purged and never known ones apart', async () => {
    const { changes, live } = await standIn();
    const [first = '', archived = '', purged = '', restored = ''] = live.ids('contacts');
    live.archive('contacts', archived);
    live.purge('contacts', purged);
    live.archive('contacts', restored);
    live.restore('contacts', restored);
    const answer = await changes.byId('contacts', [first, archived, purged, restored, '999999999']);
    expect(answer.records.map(({ id, archived: isArchived }) => [id, isArchived])).toEqual([
      [first, false],
      [restored, false],
      [archived, true],
    ]);
    expect(answer.missing).toEqual([purged, '999999999']);
    expect(answer.merged).toEqual([]);
    expect(answer.rejected).toEqual([]);
    expect(new Set(answer.associations.map(({ fromId }) => fromId))).not.toContain(archived);
  });

  it('follows merges in both modes, also when both ids are asked for', async () => {
    for (const keepsPrimary of [true, false]) {
      const { changes, live } = await standIn();
      const [primary = '', other = '', bystander = ''] = live.ids('companies');
      const heir = live.merge('companies', primary, other, keepsPrimary);
      const answer = await changes.byId('companies', [primary, other, bystander]);
      const expected = keepsPrimary ? [other] : [primary, other];
      expect(answer.merged).toEqual(expected.map((from) => ({ from, to: heir })));
      expect(answer.records.map(({ id }) => id).sort()).toEqual([heir, bystander].sort());
      expect(answer.missing).toEqual([]);
    }
  });

  it('asks for an id alone when it came back as a record that does not say what was merged into it', async () => {
    const { changes } = await scripted(({ body }) => {
      const asked = (body as { inputs: { id: string }[] }).inputs.map(({ id }) => id);
      const results = asked.map((id) => ({ id: id === '1' ? '9' : id, properties: {} }));
      return { status: 200, body: { results } };
    });
    const answer = await changes.byId('products', ['1', '2']);
    expect(answer.merged).toEqual([{ from: '1', to: '9' }]);
    expect(answer.records.map(({ id }) => id).sort()).toEqual(['2', '9']);
  });

  it('reads a hundred at a time, across the objects of engagements, and sets aside what is no id of theirs', async () => {
    const { changes, live, server } = await standIn();
    const contacts = Array.from({ length: 250 }, () => live.create('contacts', { firstname: 'x' }));
    const before = server.calls();
    expect((await changes.byId('contacts', contacts)).records).toHaveLength(250);
    expect(server.calls() - before).toBe(3 + 1);
    const wanted = [`calls/${live.ids('calls')[0]}`, `emails/${live.ids('emails')[0]}`];
    const answer = await changes.byId('engagements', [...wanted, 'page_views/1', 'calls/1']);
    expect(answer.records.map(({ id }) => id)).toEqual(wanted);
    expect(answer.missing).toEqual(['calls/1']);
    expect(answer.rejected).toEqual([expect.objectContaining({ recordId: 'page_views/1' })]);
  });

  it('decides by the body, whether it came with 200 or 207: failures are quarantined by id, with the reason', async () => {
    for (const status of [200, 207]) {
      const { changes } = await scripted(({ path }) =>
        path.includes('archived=true')
          ? { status: 207, body: { results: [], numErrors: 1, errors: [absent('4')] } }
          : {
              status,
              body: {
                status: 'COMPLETE',
                results: [
                  { id: '1', properties: {} },
                  { id: '5', properties: { price: 'x' } },
                ],
                numErrors: 3,
                errors: [
                  { category: 'VALIDATION_ERROR', message: 'too odd', context: { ids: ['2', '3'] } },
                  absent('4'),
                ],
              },
            },
      );
      const answer = await changes.byId('products', ['1', '2', '3', '4', '5']);
      expect(answer.records.map(({ id }) => id)).toEqual(['1']);
      expect(answer.missing).toEqual(['4']);
      expect(answer.rejected.map(({ recordId, reason }) => [recordId, reason])).toEqual([
        ['5', 'price "x" is not a decimal number'],
        ['2', 'too odd'],
        ['3', 'too odd'],
      ]);
    }
  });

  it('takes no id for purged that an error without ids may have been about', async () => {
    const { changes } = await scripted(() => ({
      status: 200,
      body: { results: [{ id: '1', properties: {} }], numErrors: 1 },
    }));
    const answer = await changes.byId('products', ['1', '2']);
    expect(answer.missing).toEqual([]);
    expect(answer.rejected.map(({ recordId }) => recordId)).toEqual(['2']);
  });

  it('halves a batch that is refused as a whole until the culprit stands alone', async () => {
    const { changes, server } = await scripted(({ body }) => {
      const asked = (body as { inputs: { id: string }[] }).inputs.map(({ id }) => id);
      return asked.includes('13')
        ? { status: 400, body: { message: 'unlucky', correlationId: 'c-13' } }
        : { status: 200, body: { results: asked.map((id) => ({ id, properties: {} })) } };
    });
    const ids = Array.from({ length: 32 }, (_, n) => String(n + 1));
    const answer = await changes.byId('products', ids);
    expect(answer.records).toHaveLength(31);
    expect(answer.rejected).toEqual([
      expect.objectContaining({ recordId: '13', reason: expect.stringMatching(/unlucky.*correlation id c-13/) }),
    ]);
    expect(server.seen.length).toBeLessThan(15);
  });

  const absent = (id: string) => ({
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    message: 'Could not get some',
    context: { ids: [id] },
  });
});

describe('the ids of a type', () => {
  it('are told page by page, live and archived apart, engagements under their objects', async () => {
    const { changes, live } = await standIn();
    const [gone = ''] = live.ids('deals');
    const [call = ''] = live.ids('calls');
    live.archive('deals', gone);
    live.archive('calls', call);
    expect(await all(changes.ids('deals', 'live'))).toEqual(live.ids('deals'));
    expect(await all(changes.ids('deals', 'archived'))).toEqual([gone]);
    expect(await all(changes.ids('engagements', 'archived'))).toEqual([`calls/${call}`]);
    expect(await all(changes.ids('engagements', 'live'))).toEqual(
      (['calls', 'meetings', 'emails', 'feedback_submissions'] as const).flatMap((object) =>
        live.ids(object).map((id) => `${object}/${id}`),
      ),
    );
  });
});

describe('the associations of records', () => {
  it('are told anew after a change that no modified date shows, page after page of one id', async () => {
    const { changes, live } = await standIn({ associationsPage: 2 });
    const [deal = '', without = ''] = live.ids('deals');
    const contacts = live.ids('contacts').slice(0, 5);
    for (const { toId } of (await changes.associations('deals', 'contacts', [deal, without])).links) {
      for (const id of [deal, without]) live.unlink('deals', id, 'contacts', toId);
    }
    for (const id of contacts) live.link('deals', deal, 'contacts', id);
    const { links } = await changes.associations('deals', 'contacts', [deal, without, '999999999']);
    expect(links.map(({ fromId, toId }) => [fromId, toId])).toEqual(contacts.map((id) => [deal, id]));
  });

  it('are unknown and not "none" where HubSpot cannot tell them', async () => {
    const { changes } = await scripted(() => ({
      status: 207,
      body: {
        results: [{ from: { id: '1' }, to: [{ toObjectId: 5 }] }],
        numErrors: 1,
        errors: [{ category: 'INTERNAL_ERROR', message: 'shard is down' }],
      },
    }));
    expect(await changes.associations('deals', 'companies', ['1', '2'])).toMatchObject({
      links: [{ fromId: '1', toId: '5' }],
      rejected: [{ objectType: 'deals', recordId: '2', reason: expect.stringContaining('shard is down') }],
    });
  });

  it('are read on past a record whose answer is malformed, and past one whose whole answer is', async () => {
    const good = (id: string) => ({ from: { id }, to: [{ toObjectId: 5 }] });
    const { changes } = await scripted(({ body }) => {
      const ids = (body as { inputs: { id: string }[] }).inputs.map(({ id }) => id);
      if (ids.includes('3')) return { status: 200, body: { results: 'none' } };
      return {
        status: 200,
        body: { results: ids.map((id) => (id === '2' ? { from: { id }, to: 'many' } : good(id))) },
      };
    });
    const { links, rejected } = await changes.associations('deals', 'companies', ['1', '2', '3', '4', '5']);
    expect(links.map(({ fromId }) => fromId)).toEqual(['1', '4', '5']);
    expect(rejected.map(({ recordId }) => recordId).sort()).toEqual(['2', '3']);
    for (const { reason } of rejected) expect(reason).toContain('not as its API describes');
  });

  it('are an error where no answer at all is as it should be', async () => {
    const { changes } = await scripted(() => ({ status: 200, body: { results: 'none' } }));
    const ids = Array.from({ length: 50 }, (_, n) => String(n + 1));
    await expect(changes.associations('deals', 'companies', ids)).rejects.toMatchObject({ code: 'crm-answer' });
  });
});

async function all(pages: AsyncIterable<readonly CrmId[]>): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of pages) {
    ids.push(...page.map(({ id }) => id));
  }
  return ids;
}
