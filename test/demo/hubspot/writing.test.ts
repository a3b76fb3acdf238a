import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { type Call, startSmall } from './small-portal.ts';

const COMPANIES = '/crm/objects/2026-09/companies';
const PROPERTIES = '/crm/properties/2026-09/companies';
const TIER = {
  name: 'kith_tier',
  label: 'Tier',
  type: 'enumeration',
  fieldType: 'select',
  groupName: 'kith',
  options: [
    { label: 'Gold', value: 'gold', displayOrder: 0, hidden: false },
    { label: 'Silver', value: 'silver', displayOrder: 1, hidden: false },
  ],
};

let server: StandInHubspot;
let call: Call;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2026, 5, 1, 12);
  ({ server, call } = await startSmall({ now: () => now }));
});
afterEach(() => server.close());

async function define(): Promise<void> {
  expect((await call('POST', `${PROPERTIES}/groups`, { name: 'kith', label: 'Kith', displayOrder: -1 })).status).toBe(
    201,
  );
  expect((await call('POST', PROPERTIES, TIER)).status).toBe(201);
  const rest = { label: 'Risk', groupName: 'kith' };
  await call('POST', PROPERTIES, { ...rest, name: 'kith_risk', type: 'number', fieldType: 'number' });
  await call('POST', PROPERTIES, { ...rest, name: 'kith_at', type: 'datetime', fieldType: 'date' });
  await call('POST', PROPERTIES, { ...rest, name: 'kith_day', type: 'date', fieldType: 'date' });
  await call('POST', PROPERTIES, { ...rest, name: 'kith_note', type: 'string', fieldType: 'text' });
}

describe('defining properties', () => {
  it('wants the group first, fitting field types and options, and each name once', async () => {
    const tier = (change: object) => call('POST', PROPERTIES, { ...TIER, ...change });
    expect((await tier({})).body.message).toContain("group 'kith' does not exist");
    await define();
    expect((await tier({})).status).toBe(409);
    expect((await call('POST', `${PROPERTIES}/groups`, { name: 'kith', label: 'Kith' })).status).toBe(409);
    expect((await tier({ name: 'kith_a', type: 'text' })).status).toBe(400);
    expect((await tier({ name: 'kith_a', fieldType: 'number' })).body.message).toContain('not a field type');
    expect((await tier({ name: 'kith_a', options: [] })).body.message).toContain('at least one option');
    expect((await tier({ name: 'kith_a', options: [{ label: 'Gold', value: 'gold' }] })).status).toBe(400);
    expect((await tier({ name: 'kith_a', options: [TIER.options[0], TIER.options[0]] })).body.message).toContain(
      'unique',
    );
    expect((await tier({ name: 'Kith A' })).status).toBe(400);
    const listed = (await call('GET', PROPERTIES)).body.results.find(
      (one: { name: string }) => one.name === 'kith_tier',
    );
    expect(listed).toMatchObject({
      type: 'enumeration',
      groupName: 'kith',
      hubspotDefined: false,
      options: TIER.options,
    });
    expect(
      (await call('GET', `${PROPERTIES}/groups`)).body.results.map((group: { name: string }) => group.name),
    ).toContain('kith');
  });

  it('changes own definitions only', async () => {
    await define();
    const more = [...TIER.options, { label: 'Bronze', value: 'bronze', displayOrder: 2, hidden: false }];
    expect((await call('PATCH', `${PROPERTIES}/kith_tier`, { options: more })).body.options).toHaveLength(3);
    expect((await call('GET', `${PROPERTIES}/kith_tier`)).body).toMatchObject({ label: 'Tier', fieldType: 'select' });
    expect((await call('PATCH', `${PROPERTIES}/name`, { label: 'X' })).status).toBe(400);
    expect((await call('PATCH', `${PROPERTIES}/nothing`, { label: 'X' })).status).toBe(404);
  });
});

describe('writing values', () => {
  it('keeps them with their history and stamps the record', async () => {
    await define();
    const url = `${COMPANIES}/1000`;
    await call('PATCH', url, { properties: { kith_tier: 'silver', kith_risk: '0.25' } });
    now += 60_000;
    const { status, body } = await call('PATCH', url, { properties: { kith_tier: 'gold' } });
    expect(status).toBe(200);
    expect(body.properties).toMatchObject({ kith_tier: 'gold', hs_lastmodifieddate: new Date(now).toISOString() });
    const read = await call('GET', `${url}?properties=kith_tier,kith_risk&propertiesWithHistory=kith_tier,name`);
    expect(read.body.properties.kith_risk).toBe('0.25');
    expect(read.body.propertiesWithHistory.kith_tier).toEqual([
      { value: 'gold', timestamp: new Date(now).toISOString(), sourceType: 'INTEGRATION', sourceId: 'stand-in' },
      {
        value: 'silver',
        timestamp: new Date(now - 60_000).toISOString(),
        sourceType: 'INTEGRATION',
        sourceId: 'stand-in',
      },
    ]);
    expect(read.body.propertiesWithHistory.name[0].sourceType).toBe('IMPORT');
    expect(server.portal.properties('companies', '1000')).toMatchObject({ kith_tier: 'gold', name: 'Company <0>' });
    const page = await (await fetch(`${server.url}/records/companies/1000`)).text();
    expect(page).toMatch(/Written by Kith.*kith_tier.*Gold.*over the API.*<h2>Properties/s);
    expect(page).toContain('History (2)');
  });

  it('clears with an empty text, which reads as null', async () => {
    await define();
    await call('PATCH', `${COMPANIES}/1000`, { properties: { kith_note: 'x' } });
    await call('PATCH', `${COMPANIES}/1000`, { properties: { kith_note: '' } });
    expect((await call('GET', `${COMPANIES}/1000?properties=kith_note`)).body.properties.kith_note).toBe(null);
  });

  it('refuses what HubSpot refuses, and changes nothing then', async () => {
    await define();
    const refused = async (properties: Record<string, unknown>) => {
      const { status, body } = await call('PATCH', `${COMPANIES}/1000`, { properties });
      expect(status, JSON.stringify(properties)).toBe(400);
      expect(body.category).toBe('VALIDATION_ERROR');
      expect(body.correlationId).toMatch(/^[0-9a-f-]{36}$/);
      return body.errors?.[0]?.code;
    };
    expect(await refused({ nonsense: 'x' })).toBe('PROPERTY_DOESNT_EXIST');
    expect(await refused({ kith_risk: 'high' })).toBe('INVALID_NUMBER');
    expect(await refused({ kith_risk: '1,5' })).toBe('INVALID_NUMBER');
    expect(await refused({ kith_at: 'yesterday' })).toBe('INVALID_DATE');
    expect(await refused({ kith_at: '2026-01-01T10:00:00' })).toBe('INVALID_DATE');
    expect(await refused({ kith_day: '2026-01-01T10:00:00Z' })).toBe('INVALID_DATE');
    expect(await refused({ kith_tier: 'Gold' })).toBe('INVALID_OPTION');
    expect(await refused({ hs_object_id: '5' })).toBe('READ_ONLY_VALUE');
    expect(await refused({ hs_lastmodifieddate: '2026-01-01T10:00:00Z' })).toBe('READ_ONLY_VALUE');
    expect(await refused({ num_associated_deals: '3' })).toBe('READ_ONLY_VALUE');
    expect(await refused({ hubspot_owner_id: '99' })).toBe('INVALID_OWNER_ID');
    await refused({ kith_risk: 5 });
    await refused({ kith_note: null });
    await refused({ kith_note: 'good', nonsense: 'x' });
    expect(server.portal.properties('companies', '1000')!.kith_note).toBe(null);
    for (const properties of [
      { kith_at: '2026-01-01T10:00:00Z', kith_day: '2026-01-01' },
      { kith_at: '1767225600000', kith_risk: '-1.5e-3' },
    ]) {
      expect((await call('PATCH', `${COMPANIES}/1000`, { properties })).status).toBe(200);
    }
    const taken = await call('PATCH', '/crm/objects/2026-09/contacts/1', { properties: { email: 'BO@c0.example' } });
    expect(taken.body.errors[0].code).toBe('CONFLICTING_UNIQUE_VALUE');
  });

  it('wants JSON that is JSON', async () => {
    expect((await call('PATCH', `${COMPANIES}/1000`, '{"properties":')).body.message).toContain('Invalid input JSON');
    const form = await call('PATCH', `${COMPANIES}/1000`, 'a=1', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(form.status).toBe(415);
  });
});

describe('writing batches', () => {
  const update = (inputs: object[]) => call('POST', `${COMPANIES}/batch/update`, { inputs });

  it('does what can be done and names the ids that are not there, as 207 or as 200', async () => {
    await define();
    const inputs = [
      { id: '1000', properties: { kith_tier: 'gold' } },
      { id: '77', properties: { kith_tier: 'gold' } },
    ];
    const { status, body } = await update(inputs);
    expect(status).toBe(207);
    expect(body.results.map((record: { id: string }) => record.id)).toEqual(['1000']);
    expect(body).toMatchObject({ status: 'COMPLETE', numErrors: 1, errors: [{ context: { ids: ['77'] } }] });
    const lenient = await startSmall({ partialStatus: 200 });
    const answer = await lenient.call('POST', `${COMPANIES}/batch/update`, { inputs: [{ id: '77', properties: {} }] });
    expect(answer.status).toBe(200);
    expect(answer.body.numErrors).toBe(1);
    await lenient.server.close();
  });

  it('refuses the whole batch for one wrong value, unless every input is traced', async () => {
    await define();
    const inputs = [
      { id: '1000', properties: { kith_tier: 'gold' } },
      { id: '1003', properties: { kith_tier: 'golden' } },
    ];
    expect((await update(inputs)).status).toBe(400);
    expect(server.portal.properties('companies', '1000')!.kith_tier).toBe(null);
    const { status, body } = await update(inputs.map((input, n) => ({ ...input, objectWriteTraceId: `t${n}` })));
    expect(status).toBe(207);
    expect(body.results).toHaveLength(1);
    expect(body.errors[0]).toMatchObject({
      category: 'VALIDATION_ERROR',
      context: { objectWriteTraceId: ['t1'], ids: ['1003'] },
    });
    expect(server.portal.properties('companies', '1000')!.kith_tier).toBe('gold');
  });

  it('takes 100 inputs and no id twice', async () => {
    const inputs = Array.from({ length: 101 }, (_, n) => ({ id: String(1000 + 3 * n), properties: { name: 'x' } }));
    expect((await update(inputs)).status).toBe(400);
    expect((await update([inputs[0]!, inputs[0]!])).body.message).toContain('Duplicate IDs');
    expect((await update(inputs.slice(0, 100))).status).toBe(200);
  });

  it('creates, upserts by a unique property, and archives', async () => {
    const contacts = '/crm/objects/2026-09/contacts';
    const made = await call('POST', contacts, {
      properties: { email: 'new@x.example' },
      associations: [{ to: { id: '1003' }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }] }],
    });
    expect(made.status).toBe(201);
    const linked = await call(
      'GET',
      `${contacts}/${made.body.id}?associations=companies&properties=associatedcompanyid`,
    );
    expect(linked.body.associations.companies.results[0]).toEqual({ id: '1003', type: 'contact_to_company' });
    expect(linked.body.properties.associatedcompanyid).toBe('1003');
    const upserted = await call('POST', `${contacts}/batch/upsert`, {
      inputs: [
        { id: 'ann@c0.example', idProperty: 'email', properties: { firstname: 'Anna' } },
        { id: 'zed@x.example', idProperty: 'email', properties: { firstname: 'Zed' } },
      ],
    });
    expect(upserted.body.results.map((record: { new: boolean }) => record.new)).toEqual([false, true]);
    expect(server.portal.properties('contacts', '1')!.firstname).toBe('Anna');
    expect((await call('POST', `${contacts}/batch/archive`, { inputs: [{ id: '1' }, { id: '404' }] })).status).toBe(
      204,
    );
    expect((await call('GET', `${contacts}/1`)).status).toBe(404);
    const archived = await call('GET', `${contacts}?archived=true`);
    expect(archived.body.results).toMatchObject([{ id: '1', archived: true, archivedAt: new Date(now).toISOString() }]);
    const ids = (await call('GET', contacts)).body.results.map((record: { id: string }) => record.id);
    expect(ids).toEqual(['2', '3', made.body.id, upserted.body.results[1].id]);
  });
});

describe('merging and forgetting', () => {
  it('makes a new record that both old ids resolve to, with all associations', async () => {
    const { body } = await call('POST', `${COMPANIES}/merge`, { primaryObjectId: '1003', objectIdToMerge: '1000' });
    expect(Number(body.id)).toBeGreaterThan(1747);
    expect(body.properties.hs_merged_object_ids).toBe('1003;1000');
    for (const id of ['1000', '1003']) expect((await call('GET', `${COMPANIES}/${id}`)).body.id).toBe(body.id);
    const deals = await call('POST', '/crm/associations/2026-09/companies/deals/batch/read', {
      inputs: [{ id: body.id }],
    });
    expect(deals.body.results[0].to).toHaveLength(8);
    const back = await call('POST', '/crm/associations/2026-09/deals/companies/batch/read', {
      inputs: [{ id: '500' }],
    });
    expect(back.body.results[0].to.map((one: { toObjectId: string }) => String(one.toObjectId))).toEqual([body.id]);
    const listed = (await call('GET', `${COMPANIES}?limit=2`)).body.results.map((record: { id: string }) => record.id);
    expect(listed).toEqual(['1006', '1009']);
  });

  it('keeps the primary’s id in the newer mode', async () => {
    const newer = await startSmall({ mergeKeepsPrimary: true });
    const { body } = await newer.call('POST', `${COMPANIES}/merge`, {
      primaryObjectId: '1003',
      objectIdToMerge: '1000',
    });
    expect(body.id).toBe('1003');
    expect((await newer.call('GET', `${COMPANIES}/1000`)).body.id).toBe('1003');
    await newer.server.close();
  });

  it('forgets a person for good', async () => {
    const forgotten = await call('POST', '/crm/objects/2026-09/contacts/gdpr-delete', {
      objectId: 'bo@c0.example',
      idProperty: 'email',
    });
    expect(forgotten.status).toBe(204);
    for (const archived of ['true', 'false']) {
      const { body } = await call('GET', `/crm/objects/2026-09/contacts?archived=${archived}&limit=100`);
      expect(body.results.map((record: { id: string }) => record.id)).not.toContain('2');
    }
    expect(server.portal.properties('contacts', '2')).toBe(null);
  });

  it('lets associations and quiet edits change without touching the modified date', async () => {
    const before = server.portal.properties('deals', '500')!.hs_lastmodifieddate;
    server.portal.link('deals', '500', 'companies', '1006', true);
    server.portal.edit('deals', '500', { dealname: 'Renamed' }, { stamps: false });
    const { body } = await call('GET', '/crm/objects/2026-09/deals/500?associations=companies&properties=dealname');
    expect(body.properties).toMatchObject({ dealname: 'Renamed', hs_lastmodifieddate: before });
    expect(
      body.associations.companies.results.filter((one: { type: string }) => one.type === 'deal_to_company'),
    ).toEqual([{ id: '1006', type: 'deal_to_company' }]);
  });
});
