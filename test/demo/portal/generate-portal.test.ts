import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatePortal } from '../../../demo/portal/generate-portal.ts';
import type { PlantedTruths } from '../../../demo/portal/planted-truths.ts';
import { type CrmObjectType, type PortalData, recordOf, rowOfId } from '../../../demo/portal/portal-data.ts';
import { readPortalFolder } from '../../../demo/portal/read-portal-folder.ts';
import { writePortalFolder } from '../../../demo/portal/write-portal-folder.ts';

const DAY = 86_400_000;
let portal: PortalData;
let truths: PlantedTruths;
let folder: string;

beforeAll(async () => {
  ({ portal, truths } = generatePortal({ seed: 7 }));
  folder = await mkdtemp(join(tmpdir(), 'kith-portal-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function table(type: CrmObjectType) {
  return portal.objects.get(type)!;
}

function column(type: CrmObjectType, name: string): readonly (string | null)[] {
  return table(type).columns.get(name)!;
}

/** Cents of a decimal text. */
function cents(text: string): number {
  return Math.round(Number(text) * 100);
}

function isWon(row: number): boolean {
  return truths.wonStages.includes(`${column('deals', 'pipeline')[row]}/${column('deals', 'dealstage')[row]}`);
}

function links(from: CrmObjectType, to: CrmObjectType, row: number): { id: string; isPrimary: boolean }[] {
  const found = portal.links.find((one) => one.fromType === from && one.toType === to)!;
  return Array.from({ length: found.offsets[row + 1]! - found.offsets[row]! }, (_, n) => {
    const place = found.offsets[row]! + n;
    return { id: table(to).ids[found.targets[place]!]!, isPrimary: found.primary[place] === 1 };
  });
}

/** Days of purchases by company, from the records alone. */
function purchaseDays(): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (let row = 0; row < table('deals').ids.length; row++) {
    const closed = column('deals', 'closedate')[row];
    if (!isWon(row) || closed == null || Number(column('deals', 'amount')[row]) <= 0) continue;
    for (const link of links('deals', 'companies', row)) {
      if (!link.isPrimary) continue;
      found.set(link.id, [...(found.get(link.id) ?? []), Math.floor(Date.parse(closed) / DAY)]);
    }
  }
  return found;
}

describe('the generated portal', () => {
  it('is as large as promised without being asked', () => {
    const sizes = Object.fromEntries([...portal.objects].map(([type, { ids }]) => [type, ids.length]));
    expect(sizes.companies).toBeGreaterThanOrEqual(1500);
    expect(sizes.contacts).toBeGreaterThanOrEqual(4000);
    expect(sizes.deals).toBeGreaterThanOrEqual(9000);
    expect(sizes.products).toBe(60);
    expect(portal.owners).toHaveLength(12);
    for (const type of ['line_items', 'tickets', 'calls', 'meetings', 'emails', 'feedback_submissions']) {
      expect(sizes[type], type).toBeGreaterThan(500);
    }
  });

  it('is another company for another seed, and of the size and end that are asked for', () => {
    const asOf = Date.UTC(2025, 4, 5, 12);
    const small = generatePortal({ seed: 8, companies: 60, asOf });
    expect(small.portal.objects.get('companies')!.columns.get('name')![0]).not.toBe(column('companies', 'name')[0]);
    expect(small.portal.objects.get('companies')!.ids.length).toBe(64);
    expect(small.truths.asOf).toBe('2025-05-05T12:00:00.000Z');
    const deals = small.portal.objects.get('deals')!;
    expect(Math.max(...deals.updatedAt)).toBeLessThan(asOf);
  });

  it('gives the same bytes for the same seed, and the written folder reads back as the same portal', async () => {
    const again = generatePortal({ seed: 7 });
    await writePortalFolder(portal, truths, join(folder, 'one'));
    await writePortalFolder(again.portal, again.truths, join(folder, 'two'));
    const files = await readdir(join(folder, 'one'));
    expect(files).toContain('truths.json');
    for (const file of files) {
      const [one, two] = await Promise.all(['one', 'two'].map((name) => readFile(join(folder, name, file))));
      expect(one!.equals(two!), file).toBe(true);
    }
    const back = await readPortalFolder(join(folder, 'one'));
    expect(back).toEqual(portal);
    expect(JSON.parse(await readFile(join(folder, 'one', 'truths.json'), 'utf8'))).toEqual(truths);
  });

  it('has nothing in the future but the hoped-for dates of open deals', () => {
    const asOf = Date.parse(truths.asOf);
    for (const [type, { createdAt, updatedAt }] of portal.objects) {
      for (let row = 0; row < createdAt.length; row++) {
        if (createdAt[row]! >= asOf || updatedAt[row]! >= asOf) throw new Error(`${type} ${row} lies in the future`);
      }
    }
    const hoped = column('deals', 'closedate').filter((at) => at !== null && Date.parse(at) > asOf);
    expect(hoped.length).toBeGreaterThan(50);
  });

  it('follows rhythms that repeat: most customers buy again', () => {
    const days = [...purchaseDays().values()];
    const repeaters = days.filter((one) => new Set(one).size > 1).length / days.length;
    expect(repeaters).toBeGreaterThan(0.25);
    expect(truths.seasonal.length).toBeGreaterThan(50);
    const byCompany = purchaseDays();
    for (const { companyId, month } of truths.seasonal) {
      for (const day of byCompany.get(companyId) ?? []) {
        expect(new Date(day * DAY).getUTCMonth() + 1, companyId).toBe(month);
      }
    }
  });

  it('has customers who leave at the planted rates and buy nothing afterwards', () => {
    const byTrouble = truths.leaving.left.filter(({ cause }) => cause === 'trouble').length;
    const stayed = truths.leaving.stayedAfterTrouble.length;
    expect(byTrouble / (byTrouble + stayed)).toBeGreaterThan(0.5);
    const days = purchaseDays();
    for (const { companyId, on } of truths.leaving.left) {
      const left = Date.parse(on) / DAY;
      expect(Math.max(0, ...(days.get(companyId) ?? [])), companyId).toBeLessThanOrEqual(left);
    }
  });

  it('lets tickets precede leaving: more, more urgent and worse marked than those of who stays', () => {
    const opened = new Map<string, { at: number; isUrgent: boolean; mark: number }[]>();
    table('tickets').ids.forEach((_, row) => {
      const [company] = links('tickets', 'companies', row);
      const ticket = {
        at: table('tickets').createdAt[row]!,
        isUrgent: /HIGH|URGENT/.test(column('tickets', 'hs_ticket_priority')[row]!),
        mark: Number(column('tickets', 'satisfaction')[row] ?? Number.NaN),
      };
      opened.set(company!.id, [...(opened.get(company!.id) ?? []), ticket]);
    });
    const left = truths.leaving.left.filter(({ on }) => Date.parse(on) > Date.parse(truths.startedOn) + 200 * DAY);
    const leavers = new Set(truths.leaving.left.map(({ companyId }) => companyId));
    // Who stays is looked at on the same days, one other customer for each that left.
    const stayers = [...purchaseDays().keys()].filter((id) => !leavers.has(id));
    const openedBefore = (companyId: string, at: number) =>
      (opened.get(companyId) ?? []).filter((ticket) => ticket.at <= at && ticket.at > at - 90 * DAY);
    const ofLeavers = left.flatMap(({ companyId, on }) => openedBefore(companyId, Date.parse(on)));
    const ofStayers = left.flatMap(({ on }, n) => openedBefore(stayers[n % stayers.length]!, Date.parse(on)));
    expect(ofLeavers.length / left.length).toBeGreaterThan(3 * (ofStayers.length / left.length));
    const share = (list: typeof ofLeavers) => list.filter((ticket) => ticket.isUrgent).length / list.length;
    expect(share(ofLeavers)).toBeGreaterThan(1.5 * share(ofStayers));
    const mean = (list: number[]) =>
      list
        .filter((n) => !Number.isNaN(n))
        .reduce((a, b, _, all) => a + b / all.filter((n) => !Number.isNaN(n)).length, 0);
    expect(mean(ofLeavers.map((ticket) => ticket.mark))).toBeLessThan(
      mean(ofStayers.map((ticket) => ticket.mark)) - 0.8,
    );
  });

  it('sells the planted kit with the planted pair, as often as the truths say', () => {
    const baskets = new Map<string, Set<string>>();
    table('line_items').ids.forEach((_, row) => {
      if (Number(column('line_items', 'amount')[row]) <= 0) return;
      const deal = links('line_items', 'deals', row)[0]!.id;
      if (!isWon(rowOfId(table('deals').ids, deal))) return;
      baskets.set(deal, (baskets.get(deal) ?? new Set()).add(column('line_items', 'hs_product_id')[row]!));
    });
    const all = [...baskets.values()];
    const pair = all.filter((basket) => truths.rule.left.every((id) => basket.has(id)));
    const withKit = pair.filter((basket) => basket.has(truths.rule.right));
    const kitAtAll = all.filter((basket) => basket.has(truths.rule.right)).length / all.length;
    expect(pair.length / all.length).toBeGreaterThan(0.05);
    expect(withKit.length / pair.length).toBeCloseTo(truths.rule.confidence, 1);
    expect(withKit.length / pair.length / kitAtAll).toBeGreaterThan(4);
  });

  it('reconciles to the cent with what the truths say of currencies, refunds and missing facts', () => {
    let crm = 0;
    let gap = 0;
    let gapDeals = 0;
    let refunds = 0;
    let withoutCustomer = 0;
    let withoutDate = 0;
    let withoutAmount = 0;
    table('deals').ids.forEach((_, row) => {
      if (!isWon(row)) return;
      const amount = column('deals', 'amount')[row];
      const home = column('deals', 'amount_in_home_currency')[row];
      if (amount == null) {
        withoutAmount += 1;
        return;
      }
      if (home == null) {
        expect(column('deals', 'deal_currency_code')[row]).toBe('CNY');
        expect(column('deals', 'hs_exchange_rate')[row]).toBe(null);
        gap += cents(amount);
        gapDeals += 1;
        return;
      }
      const rate = Number(column('deals', 'hs_exchange_rate')[row]);
      expect(Math.abs(cents(home) - cents(amount) * rate)).toBeLessThan(0.51);
      crm += cents(home);
      if (cents(home) < 0) refunds += cents(home);
      if (links('deals', 'companies', row).length === 0) withoutCustomer += cents(home);
      if (column('deals', 'closedate')[row] == null) withoutDate += cents(home);
    });
    const { reconciliation, currencyGap } = truths;
    expect(crm).toBe(cents(reconciliation.crm));
    expect([withoutCustomer, withoutDate]).toEqual(reconciliation.differences.map(({ amount }) => cents(amount)));
    expect(crm - withoutCustomer - withoutDate).toBe(cents(reconciliation.ours));
    expect(reconciliation.differences.every(({ deals }) => deals > 0)).toBe(true);
    expect(withoutAmount).toBe(reconciliation.withoutAmount);
    expect({ deals: gapDeals, amount: gap }).toEqual({ deals: currencyGap.deals, amount: cents(currencyGap.amount) });
    expect(gapDeals).toBeGreaterThan(50);
    expect(refunds).toBe(cents(truths.refunds.amount));
    expect(refunds).toBeLessThan(0);
  });

  it('has line items that add up to their deals', () => {
    const sums = new Map<string, number>();
    table('line_items').ids.forEach((_, row) => {
      const deal = links('line_items', 'deals', row)[0]!.id;
      sums.set(deal, (sums.get(deal) ?? 0) + cents(column('line_items', 'amount')[row]!));
    });
    table('deals').ids.forEach((id, row) => {
      const amount = column('deals', 'amount')[row];
      if (amount != null) expect(sums.get(id)).toBe(cents(amount));
    });
  });

  it('doubles some records as the truths say', () => {
    for (const [one, two] of truths.duplicates.contactsByEmail) {
      const [a, b] = [recordOf(table('contacts'), one)!, recordOf(table('contacts'), two)!];
      expect(b.email!.toLowerCase()).toBe(a.email);
    }
    for (const [one, two] of truths.duplicates.contactsByPhone) {
      const [a, b] = [recordOf(table('contacts'), one)!, recordOf(table('contacts'), two)!];
      expect(b.phone).toBe(a.phone);
      expect(b.email).not.toBe(a.email);
    }
    for (const [one, two] of truths.duplicates.companies) {
      const [a, b] = [recordOf(table('companies'), one)!, recordOf(table('companies'), two)!];
      expect(b.domain).toBe(a.domain);
      expect(b.name).not.toBe(a.name);
    }
    // And no others: every other e-mail and domain is given once.
    const emails = column('contacts', 'email').map((email) => email!.toLowerCase());
    expect(emails.length - new Set(emails).size).toBe(truths.duplicates.contactsByEmail.length);
    const domains = column('companies', 'domain');
    expect(domains.length - new Set(domains).size).toBe(truths.duplicates.companies.length);
  });

  it('has deals of several companies, marked and unmarked, and the oldest is the one the truths name', () => {
    expect(truths.severalCompanies.withPrimary.length).toBeGreaterThan(20);
    for (const id of truths.severalCompanies.withPrimary) {
      const found = links('deals', 'companies', rowOfId(table('deals').ids, id));
      expect(found.map(({ isPrimary }) => isPrimary).sort()).toEqual([false, true]);
    }
    expect(truths.severalCompanies.withoutPrimary.length).toBeGreaterThan(10);
    for (const { dealId, companyId } of truths.severalCompanies.withoutPrimary) {
      const found = links('deals', 'companies', rowOfId(table('deals').ids, dealId));
      expect(found.map(({ isPrimary }) => isPrimary)).toEqual([false, false]);
      const createdAt = (id: string) => table('companies').createdAt[rowOfId(table('companies').ids, id)]!;
      expect([...found].sort((a, b) => createdAt(a.id) - createdAt(b.id))[0]!.id).toBe(companyId);
    }
  });

  it('wins in stages that are not called won, and holds names that need care', () => {
    const called = portal.stages.filter((stage) => /won/i.test(stage.stageLabel));
    expect(called.length).toBeGreaterThan(0);
    expect(called.every((stage) => !stage.isClosed)).toBe(true);
    const names = column('companies', 'name').join('\n');
    for (const oddity of [/\p{Script=Han}/u, /🚀/u, /"/, /<.+>/, /&/]) expect(names).toMatch(oddity);
  });
});

describe('portals of other sizes and kinds', () => {
  it('plant the same driver at every size, and say who left by it', () => {
    for (const companies of [20, 60, 150, 500]) {
      const { portal: made, truths: planted } = generatePortal({ seed: 11, companies });
      const ids = new Set(made.objects.get('companies')!.ids);
      const { left } = planted.leaving;
      expect(ids.size).toBeGreaterThanOrEqual(companies);
      expect(left.every(({ companyId }) => ids.has(companyId))).toBe(true);
      if (companies < 60) continue;
      const byTrouble = left.filter(({ cause }) => cause === 'trouble').length;
      expect(byTrouble).toBeGreaterThan(left.length / 2);
    }
  });

  it('let everybody buy at one Poisson rate when asked to, with nobody leaving', () => {
    const { portal: made, truths: planted } = generatePortal({ seed: 11, companies: 400, equalGap: 45 });
    expect(planted.leaving.left).toEqual([]);
    expect(planted.leaving.stayedAfterTrouble).toEqual([]);
    expect(planted.seasonal).toEqual([]);
    const deals = made.objects.get('deals')!;
    const won = deals.columns
      .get('dealstage')!
      .filter((stage, row) => planted.wonStages.includes(`${deals.columns.get('pipeline')![row]}/${stage}`)).length;
    // 1,095 days ÷ 45, for 400; a few refunds come on top.
    expect(won / 400).toBeGreaterThan(23);
    expect(won / 400).toBeLessThan(26);
  });
});
