import { anomalyCustomerKey, anomalyKeyOf } from '../../src/analyses/anomalies.ts';
import { createAnswerMemory } from '../../src/ledger/answer-memory.ts';
import { createAudit } from '../../src/ledger/audit.ts';
import { createFindings } from '../../src/ledger/findings.ts';
import { createOutbox } from '../../src/ledger/outbox.ts';
import { type PortalState, portalStateSchema } from '../../src/state/portal-state.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';
import { resultRows } from '../../src/store/result-rows.ts';
import { contact, deal, link } from '../src/store/records.ts';

export const NOW = Date.parse('2026-03-09T06:00:00Z');
export const now = () => NOW;

const pad = (i: number): string => String(i).padStart(4, '0');
export const idOf = (i: number): string => `7770${pad(i)}`;
export const person = (i: number) => ({
  email: `p${pad(i)}@mail.example`,
  phone: `+49 30 555 ${pad(i)}`,
  firstName: `Given${pad(i)}`,
  lastName: `Family${pad(i)}`,
});
export const valuesOf = (i: number): string[] => [idOf(i), ...Object.values(person(i))];

/** Every value of every table, all stored versions, with what is sealed opened. */
export async function everything(portal: PortalStore): Promise<string> {
  const tables = await portal.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree'`,
    { database: portal.database },
  );
  const texts: string[] = [];
  for (const { name } of tables)
    texts.push(JSON.stringify(await portal.query(`SELECT * FROM {db:Identifier}.${name}`)));
  for await (const page of portal.identity.all()) texts.push(JSON.stringify(page));
  return texts.join('\n');
}

export const empty = { value: new Float64Array(), label: [], band: [], evidence: new Uint8Array(), details: [] };

/** What jobs over a portal are given, with settings of its own. */
export function atOf(portal: PortalStore, settings: PortalState) {
  let state = settings;
  return {
    portal,
    audit: createAudit(portal, now),
    outbox: createOutbox(portal, now),
    answers: createAnswerMemory(portal, now),
    actor: 'U1',
    now,
    state: () => state,
    updateState: async (change: (current: PortalState) => PortalState) => {
      state = change(state);
      return state;
    },
  };
}

/** A portal of contacts who are customers, with a deal, scores, findings and anomalies each. */
export async function shopIn(portal: PortalStore, people: number) {
  const contacts = Array.from({ length: people }, (_, i) => contact(idOf(i), person(i)));
  const deals = contacts.map((_, i) => deal(`d${i}`, { name: '' }));
  const links = contacts.map((_, i) => link(`deals:d${i}`, `contacts:${idOf(i)}`));
  const sync = async () => {
    await portal.crm.upsert('contacts', contacts, { origin: 'list' });
    await portal.crm.upsert('deals', deals, { origin: 'list' });
    await portal.crm.replaceAssociations(
      'deals',
      'contacts',
      deals.map(({ id }) => id),
      links,
    );
  };
  await sync();
  const portfolio = { unit: 'contact', timeZone: 'UTC', currency: 'EUR', asOf: NOW, horizonDays: 90, seed: 1 } as const;
  const run = await portal.results.begin({ asOf: NOW, startedAt: NOW, fingerprint: '', portfolio });
  const ids = contacts.map(({ id }) => id);
  const scores = {
    customerIds: ids,
    value: new Float64Array(people).fill(0.5),
    label: ids.map(() => ''),
    band: ids.map(() => 'high'),
    evidence: new Uint8Array(people).fill(3),
    details: ids.map(() => '{}'),
  };
  await portal.results.save(run, 'churn-risk', { summary: {}, model: null });
  const matrix = { columns: 1, values: new Float64Array(people) };
  await portal.results.saveRows(run, resultRows(run, 'churn-risk', scores, matrix));
  await portal.results.save(run, 'loyalty', {
    summary: {},
    model: { customerIds: ids, tier: ids.map(() => 1) },
    scores: { ...empty, customerIds: [] },
  });
  await portal.results.rescore(run.id, 'churn-risk', scores);
  await portal.results.finish(run, 'done', NOW);
  const findings = createFindings(portal, now);
  const secret = await anomalyCustomerKey(portal);
  await findings.record(
    'sales',
    ids.map((id) => ({ key: `at-risk:${id}`, customerId: id, band: 'high', money: '1.00' })),
    { state: 'new', actor: 'kith', note: '' },
  );
  await findings.record(
    'anomalies',
    ids.map((id) => ({
      key: `customer-off:${anomalyKeyOf(secret, id)}`,
      customerId: '',
      band: 'customer-off',
      money: null,
    })),
    { state: 'new', actor: 'kith', note: '' },
  );
  const at = atOf(
    portal,
    portalStateSchema.parse({ unit: 'contact', channels: { sales: 'C1' }, adminChannel: 'CADMIN' }),
  );
  return { at, portal, run, sync, findings, scores };
}

export type Shop = Awaited<ReturnType<typeof shopIn>>;

export const item = (i: number) =>
  ({
    kind: 'item',
    title: `G••• ${idOf(i)}`,
    text: 'late',
    actions: [{ action: 'why', label: 'Why?', value: `churn-risk:${idOf(i)}` }],
  }) as const;
export const report = (...people: number[]) =>
  ({ language: 'en', headline: 'At risk', parts: people.map(item), trust: '' }) as const;

/** Messages and questions of a working week: about the second person, the third and the 901st. */
export async function say(at: Shop['at']): Promise<void> {
  const { outbox, answers } = at;
  await outbox.enqueue({ key: 'digest:sales:1', channelId: 'C1', kind: 'digest', report: report(1, 2, 900) });
  await outbox.claim('digest:sales:1');
  await outbox.settle('digest:sales:1', {
    state: 'sent',
    messageId: '17.1',
    sentChannelId: 'C1',
    fileIds: ['F1'],
    chartBytes: 0,
    note: '',
  });
  await outbox.enqueue({
    key: `band-crossed:${idOf(1)}:high:2026-03-09`,
    channelId: 'C1',
    kind: 'band-crossed',
    report: report(1),
  });
  await outbox.enqueue({ key: 'digest:sales:2', channelId: 'C1', kind: 'digest', report: report(1, 900) });
  await outbox.enqueue({ key: 'digest:sales:3', channelId: 'C1', kind: 'digest', report: report(900) });
  await answers.keep({
    id: 'a1',
    userId: 'U1',
    channelId: 'C1',
    threadId: '',
    command: 'customer',
    text: person(1).email,
  });
  await answers.keep({
    id: 'a2',
    userId: 'U1',
    channelId: 'C1',
    threadId: '',
    command: 'customer',
    text: person(900).email,
  });
  await at.portal.crm.saveCursor('to-rescore', JSON.stringify([idOf(1), idOf(900)]));
  await at.portal.crm.saveCursor(
    'states-before',
    JSON.stringify({ contacts: { [idOf(1)]: { hash: '1', customers: [idOf(1)] }, [idOf(900)]: { customers: [] } } }),
  );
}
