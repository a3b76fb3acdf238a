import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCsvFolder } from '../../../integrations/csv/open-csv-folder.ts';
import type { CopiedProperties } from '../../../src/domain/crm.ts';
import { pagesOf, recordsOf } from '../../contracts/test-crm.ts';

const REFERENCE = process.env.KITH_REFERENCE ?? '../shared';
const RETAIL = join(REFERENCE, 'portals/online-retail');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-csv-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function open(files: Readonly<Record<string, string | Buffer>>, copied?: (portalId: string) => CopiedProperties) {
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content);
  }
  return openCsvFolder(folder, undefined, copied);
}

describe('the files of a folder', () => {
  it('are read gzipped or not, with columns in any order, a byte order mark, quotes and line ends of Windows', async () => {
    const crm = await open({
      'products.csv.gz': gzipSync('\uFEFFprice,name,id,colour\r\n1.50,"A ""B"", C",7,red\r\n'),
    });
    expect(await crm.source.objectTypes()).toEqual(['products']);
    const [product] = recordsOf(await pagesOf(crm, 'products'));
    expect(product).toEqual({
      id: '7',
      name: 'A "B", C',
      sku: '',
      price: '1.50',
      createdAt: null,
      updatedAt: 0,
      archived: false,
      extra: {},
    });
  });

  it('give the further columns that the portal named, and no others', async () => {
    const asked: string[] = [];
    const crm = await open({ 'companies.csv': 'id,churn_date,secret,name\n1,2025-03-09,x,A\n2,,y,B\n' }, (portalId) => {
      asked.push(portalId);
      return { companies: ['churn_date', 'not_there'] };
    });
    const companies = recordsOf(await pagesOf(crm, 'companies'));
    expect(companies.map(({ extra }) => extra)).toEqual([{ churn_date: '2025-03-09' }, {}]);
    expect(new Set(asked)).toEqual(new Set([(await crm.source.account()).portalId]));
  });

  it('become line items with the dates of what recurs', async () => {
    const crm = await open({
      'line_items.csv':
        'id,deal_id,recurringbillingfrequency,hs_recurring_billing_start_date,hs_recurring_billing_end_date\n' +
        '1,2,annually,2025-01-01,2025-12-31\n3,2,,,\n',
    });
    expect(recordsOf(await pagesOf(crm, 'line_items'))).toMatchObject([
      { recurringFrequency: 'annually', startsAt: Date.UTC(2025, 0, 1), endsAt: Date.UTC(2025, 11, 31) },
      { recurringFrequency: '', startsAt: null, endsAt: null },
    ]);
  });

  it('become deals with instants in milliseconds and amounts as they are written', async () => {
    const crm = await open({
      'deals.csv':
        'id,amount,closedate,createdate,deal_currency_code,company_id,amount_in_home_currency\n' +
        '1,-12.3400,2024-02-29T10:00:00+02:00,2024-01-01,eur,9,1.0E3\n',
    });
    const [page] = await pagesOf(crm, 'deals');
    expect(page?.records[0]).toMatchObject({
      amount: '-12.3400',
      homeAmount: '1000',
      currency: 'EUR',
      closedAt: Date.UTC(2024, 1, 29, 8),
      createdAt: Date.UTC(2024, 0, 1),
      isClosedWon: null,
    });
    expect(page?.associations).toEqual([
      { fromType: 'deals', fromId: '1', toType: 'companies', toId: '9', isPrimary: true },
    ]);
  });

  it('are empty when only the header is there', async () => {
    const crm = await open({ 'contacts.csv': 'id,email\n' });
    expect(await pagesOf(crm, 'contacts')).toEqual([
      { records: [], associations: [], rejected: [], next: null, total: null },
    ]);
  });

  it('say by their line what is wrong with a row, and every other row is read', async () => {
    const crm = await open({
      'deals.csv': [
        'id,dealname,amount,closedate,deal_currency_code',
        '1,"two',
        'lines",1,2024-01-01T00:00:00Z,EUR',
        '2,no amount,12 EUR,,',
        '3,too,many,,,columns',
        '4,no such day,1,2024-02-30T00:00:00Z,',
        '5,no zone,1,2024-02-03T00:00:00,',
        ',no id,1,,',
        '6,6" pipe,1,,',
        '',
        '7,currency,1,,euros',
        '8,fine,1,,',
        '9,"never closed,1,,',
        '10,lost,1,,',
      ].join('\n'),
    });
    const [page] = await pagesOf(crm, 'deals');
    expect(page?.records.map(({ id }) => id)).toEqual(['1', '8']);
    expect(page?.rejected.map(({ place, recordId, reason }) => `${place} ${recordId}: ${reason}`)).toEqual([
      'deals.csv:4 2: amount "12 EUR" is not a decimal number like 1234.50',
      'deals.csv:5 : 6 values for 5 columns',
      'deals.csv:6 4: closedate "2024-02-30T00:00:00Z" is not an instant with a zone like 2026-01-31T09:30:00Z',
      'deals.csv:7 5: closedate "2024-02-03T00:00:00" is not an instant with a zone like 2026-01-31T09:30:00Z',
      'deals.csv:8 : id is empty',
      'deals.csv:9 : a quote stands where none may; put the whole value in quotes and double the quotes inside it',
      'deals.csv:11 7: deal_currency_code "euros" is not a currency code like EUR',
      'deals.csv:13 : a quote is opened and never closed',
    ]);
  });

  it('never quote a contact in what is said about a bad row', async () => {
    const crm = await open({ 'contacts.csv': 'id,email,createdate\n1,x,ann@example.com\n' });
    const [page] = await pagesOf(crm, 'contacts');
    expect(page?.rejected[0]?.reason).toBe('createdate is not an instant with a zone like 2026-01-31T09:30:00Z');
  });

  it('refuse an engagement of an unknown type or without an instant', async () => {
    const crm = await open({
      'engagements.csv': 'id,type,at\n1,visit,2024-01-01T00:00:00Z\n2,call,\n3,call,2024-01-01T00:00:00Z\n',
    });
    const [page] = await pagesOf(crm, 'engagements');
    expect(page?.records.map(({ id }) => id)).toEqual(['3']);
    expect(page?.rejected.map(({ reason }) => reason)).toEqual([
      'type "visit" is none of call, meeting, email, page_view, feedback',
      'at is empty',
    ]);
  });

  it('use the later of two rows with one id and report the repetition, also across a checkpoint', async () => {
    const rows = Array.from({ length: 5001 }, (_, n) => `${n + 1},name ${n + 1}`);
    const crm = await open({ 'products.csv': ['id,name', '5,first', ...rows, '1,last'].join('\n') });
    const [first, second] = await pagesOf(crm, 'products');
    expect(first?.records.find(({ id }) => id === '5')?.name).toBe('name 5');
    expect(second?.records.find(({ id }) => id === '1')?.name).toBe('last');
    const reasons = [...(first?.rejected ?? []), ...(second?.rejected ?? [])].map(
      ({ place, reason }) => `${place} ${reason}`,
    );
    expect(reasons).toEqual([
      'products.csv:7 id 5 is on an earlier line too; the later line is used',
      'products.csv:5004 id 1 is on an earlier line too; the later line is used',
    ]);
    const resumed = await pagesOf(crm, 'products', first?.next ?? '');
    expect(resumed[0]?.rejected).toEqual(second?.rejected);
  });

  it('use the links of the later of two rows with one id, and those of every other row', async () => {
    const crm = await open({ 'contacts.csv': 'id,company_id\n1,10\n2,20\n1,11\n3,\n2,\n4,40\n' });
    const [page] = await pagesOf(crm, 'contacts');
    expect(page?.records.map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
    expect(page?.associations.map(({ fromId, toId }) => `${fromId} ${toId}`)).toEqual(['1 11', '4 40']);
  });
});

it('begins anew when a file is no longer the one that a checkpoint was made in', async () => {
  const rows = Array.from({ length: 6000 }, (_, n) => `${n + 1},name`);
  const crm = await open({ 'products.csv': ['id,name', ...rows].join('\n') });
  const [first] = await pagesOf(crm, 'products');
  expect(recordsOf(await pagesOf(crm, 'products', first?.next ?? ''))).toHaveLength(1000);
  await writeFile(join(folder, 'products.csv'), ['id,name', ...rows, '6001,new'].join('\n'));
  expect(recordsOf(await pagesOf(crm, 'products', first?.next ?? ''))).toHaveLength(6001);
});

describe('the account of a folder', () => {
  it('has the folder in its id and the currency of most won deals, whatever a stage is called', async () => {
    const named = join(folder, 'My Export (2024)');
    await mkdir(named);
    await writeFile(
      join(named, 'pipelines.csv'),
      'object,pipeline_id,stage_id,is_closed,probability\ndeals,p,zz,TRUE,1\ndeals,p,won,true,0.9\n',
    );
    await writeFile(
      join(named, 'deals.csv'),
      'id,pipeline,dealstage,amount,deal_currency_code\n1,p,zz,1,SEK\n2,p,won,1,EUR\n3,p,won,1,EUR\n4,q,zz,1,EUR\n',
    );
    const { source } = await openCsvFolder(named);
    expect(await source.account()).toEqual({
      portalId: 'folder-my-export-2024',
      name: 'My Export (2024)',
      timeZone: 'UTC',
      currency: 'SEK',
      recordUrl: '',
    });
    expect(await source.rawRevenue()).toEqual({ currency: 'SEK', amount: '1.00', deals: 1, unconverted: [] });
    // The files as they are now: the account keeps the currency that it was told with.
    await writeFile(join(named, 'deals.csv'), 'id,pipeline,dealstage,amount,deal_currency_code\n1,p,zz,22,SEK\n');
    expect(await source.rawRevenue()).toEqual({ currency: 'SEK', amount: '22.00', deals: 1, unconverted: [] });
  });
});

describe('a folder that cannot be imported', () => {
  const failure = (path: string) =>
    openCsvFolder(path).then(
      () => null,
      (error: unknown) => error,
    );

  it('does not exist', async () => {
    expect(await failure(join(folder, 'nowhere'))).toMatchObject({
      code: 'bad-folder',
      message: expect.stringContaining('nowhere does not exist; give a folder'),
    });
  });

  it('has none of the files', async () => {
    await writeFile(join(folder, 'readme.txt'), 'x');
    expect(await failure(folder)).toMatchObject({
      code: 'bad-folder',
      message: expect.stringContaining('has none of the files'),
    });
  });

  it('has a file without the column that identifies a record', async () => {
    await writeFile(join(folder, 'deals.csv'), 'deal,amount\n1,2\n');
    expect(await failure(folder)).toMatchObject({
      code: 'bad-folder',
      message: expect.stringContaining('deals.csv has no column id (its first row is deal,amount)'),
    });
  });

  it('has an empty file', async () => {
    await writeFile(join(folder, 'deals.csv'), '');
    expect(await failure(folder)).toMatchObject({
      code: 'bad-folder',
      message: expect.stringContaining('it is empty'),
    });
  });

  it('has a gzipped file that ends too soon', async () => {
    await writeFile(join(folder, 'deals.csv.gz'), gzipSync(`id\n${'1\n'.repeat(9000)}`).subarray(0, 40));
    const reading = async () => pagesOf(await openCsvFolder(folder), 'deals');
    expect(
      await reading().then(
        () => null,
        (error: unknown) => error,
      ),
    ).toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('cannot be unpacked'),
    });
  });
});

describe.skipIf(!existsSync(RETAIL))('online-retail (skipped where the reference portals are absent)', () => {
  it('is read completely in seconds without holding up the event loop, and sums to the cent', async () => {
    const crm = await openCsvFolder(RETAIL);
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const before = process.cpuUsage();
    let lines = 0;
    for await (const page of crm.source.read('line_items')) {
      lines += page.records.length;
      expect(page.records.length).toBeLessThanOrEqual(5000);
    }
    delay.disable();
    expect(lines).toBe(406_829);
    // Processor time, and all but the rarest delay: what else runs on the machine must not matter.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(15);
    expect(delay.percentile(99) / 1e6).toBeLessThan(250);
    expect(await crm.source.rawRevenue()).toEqual({
      currency: 'GBP',
      amount: '8300065.81',
      deals: 22_190,
      unconverted: [],
    });
  }, 120_000);
});
