import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordOf } from '../../../demo/portal/portal-data.ts';
import { readPortalFolder } from '../../../demo/portal/read-portal-folder.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-folder-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('reading a folder of CRM export files', () => {
  it('takes records in any order, links them, and skips bad rows with file, line and reason', async () => {
    await writeFile(
      join(folder, 'companies.csv'),
      '\uFEFFname,id,domain\n"Müller, ""Schrauben""",12,mueller.example\nAcme,9,\nNo id,,x.example\nTwice,9,\nToo,few\n',
    );
    await writeFile(
      join(folder, 'deals.csv'),
      'id,dealname,amount,deal_currency_code,closedate,company_id\n100,A,10.50,GBP,2024-05-01T00:00:00Z,12\n20,B,1,USD,,9\n21,C,1,GBP,,404\n',
    );
    const portal = await readPortalFolder(folder);
    const companies = portal.objects.get('companies')!;
    expect(companies.ids).toEqual(['9', '12']);
    expect(recordOf(companies, '12')).toEqual({ name: 'Müller, "Schrauben"', domain: 'mueller.example' });
    expect(recordOf(companies, '9')).toEqual({ name: 'Acme', domain: null });
    expect(portal.skipped.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'companies.csv:4',
      'companies.csv:5',
      'companies.csv:6',
    ]);
    expect(portal.skipped[1]!.reason).toContain('id 9 came before');
    const deals = portal.objects.get('deals')!;
    expect(deals.ids).toEqual(['20', '21', '100']);
    expect(deals.columns.get('closedate')).toEqual([null, null, '2024-05-01T00:00:00.000Z']);
    const links = portal.links.find((one) => one.fromType === 'deals')!;
    expect([...links.offsets]).toEqual([0, 1, 1, 2]);
    expect([...links.targets].map((row) => companies.ids[row])).toEqual(['9', '12']);
  });

  it('takes the most common currency of the deals as the home currency', async () => {
    const { account } = await readPortalFolder(folder);
    expect(account.companyCurrency).toBe('GBP');
    expect(account.currencies).toEqual([{ code: 'USD', rate: null }]);
  });

  it('says in one sentence what is wrong with a folder', async () => {
    await expect(readPortalFolder(join(folder, 'none'))).rejects.toThrow(/There is no folder .*none/);
    const empty = await mkdtemp(join(tmpdir(), 'kith-empty-'));
    await expect(readPortalFolder(empty)).rejects.toThrow(/holds no CRM export file/);
    await writeFile(join(empty, 'deals.csv'), '');
    await writeFile(join(empty, 'account.json'), '{"portalId": "x"}');
    await expect(readPortalFolder(empty)).rejects.toThrow(/account\.json is not an account's description/);
    await writeFile(join(empty, 'account.json'), 'not json');
    await expect(readPortalFolder(empty)).rejects.toThrow(/account\.json is not JSON/);
    await rm(empty, { recursive: true });
  });
});

const reference = join(process.env.KITH_REFERENCE ?? '../shared', 'portals');

describe.skipIf(!existsSync(reference))('reading the public portals (skipped without the reference folder)', () => {
  it('finds all records of crm-sales and saas-ravenstack', async () => {
    const sales = await readPortalFolder(join(reference, 'crm-sales'));
    expect(sales.objects.get('deals')!.ids).toHaveLength(8800);
    expect(sales.objects.get('companies')!.ids).toHaveLength(85);
    expect(sales.owners).toHaveLength(35);
    expect(sales.skipped).toEqual([]);
    const saas = await readPortalFolder(join(reference, 'saas-ravenstack'));
    expect(saas.objects.get('tickets')!.ids).toHaveLength(2000);
    expect(saas.account.companyCurrency).toBe('USD');
  });
});
