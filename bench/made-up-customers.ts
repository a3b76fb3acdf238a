import type { CrmRecords } from '../src/domain/crm.ts';
import type { PortalStore } from '../src/store/portal-store.ts';

const DAY = 86_400_000;
const DAYS = 1095;
/** The last day of the history; fixed, so that a size gives the same rows on any day. */
export const AS_OF = Date.UTC(2026, 9, 31, 18);
const START = AS_OF - DAYS * DAY;
const CUSTOMERS_AT_ONCE = 100_000;
const PRODUCTS = 40;
/** More than anybody buys in the days that there are. */
const MOST_PURCHASES = 100;
const base = { createdAt: START, updatedAt: 0, archived: false, extra: {} };

/**
 * Fills a portal's store with companies, about five won deals of one product or two each, and a support ticket for every second:
 * people who buy at gaps of their own and leave after any purchase, sooner after an urgent ticket. The engine itself draws the rows,
 * by hashes of a customer's number, so that a million customers take a minute or two. What was written, by type.
 */
export async function fillWithCustomers(portal: PortalStore, customers: number): Promise<Record<string, number>> {
  await portal.crm.saveAccount({
    portalId: portal.portalId,
    name: 'Bench',
    timeZone: 'UTC',
    currency: 'EUR',
    recordUrl: '',
  });
  await portal.crm.upsert('pipelines', [stage], { origin: 'list' });
  await portal.crm.upsert('products', Array.from({ length: PRODUCTS }, productOf), { origin: 'list' });
  for (let first = 0; first < customers; first += CUSTOMERS_AT_ONCE) {
    const parameters = { first, many: Math.min(CUSTOMERS_AT_ONCE, customers - first) };
    for (const statement of STATEMENTS) await portal.command(statement, parameters);
    await portal.freeMemory();
  }
  await portal.command('DROP TABLE {db:Identifier}.made_up SYNC');
  const written: Record<string, number> = {};
  for (const type of ['companies', 'deals', 'line_items', 'tickets']) {
    const [row] = await portal.query<{ n: string }>(`SELECT toString(count()) AS n FROM {db:Identifier}.${type}`);
    written[type] = Number(row?.n ?? 0);
  }
  return written;
}

/** Between 0 and 1, the same for the same customer `n`, purchase `k` and matter. */
const drawn = (matter: number, k = 'k'): string => `(sipHash64(n, ${k}, ${matter}) / 18446744073709551616)`;
const at = (day: string): string => `fromUnixTimestamp64Milli(toInt64(${START} + ${day} * ${DAY}), 'UTC')`;
const COMMON = `fromUnixTimestamp64Milli(toInt64(${START}), 'UTC') AS created_at, toDateTime64(0, 3, 'UTC') AS updated_at, 1 AS version`;
const links = (from: string, to: string, fromId: string, toId: string, rows: string): string => `
  INSERT INTO {db:Identifier}.associations (from_type, from_id, to_type, to_id, is_primary, version, is_deleted)
  SELECT '${from}', ${fromId}, '${to}', ${toId}, true, 1, 0 FROM {db:Identifier}.made_up ${rows}`;

const COMPANY = 'toString(1000000 + n)';
const DEAL = `concat(${COMPANY}, toString(100 + k))`;
const ITEM = `concat(${DEAL}, toString(10 + kind))`;
const TICKET = `concat(${DEAL}, '9')`;
const OF_EACH_KIND = 'ARRAY JOIN kinds AS kind';

const STATEMENTS = [
  'DROP TABLE IF EXISTS {db:Identifier}.made_up SYNC',
  `CREATE TABLE {db:Identifier}.made_up (n UInt64, k UInt64, day Int32, amount Decimal(38, 6), kinds Array(UInt8), ticket_day Int32,
     is_urgent Bool) ENGINE = MergeTree ORDER BY (n, k)`,
  // A day beyond the last one is no purchase; nor is any after the one that a customer leaves with.
  `INSERT INTO {db:Identifier}.made_up
   WITH toUInt8(floor(${drawn(8)} * ${drawn(9)} * ${PRODUCTS})) AS product
   SELECT n, k, day,
     toDecimal128(exp(4 + 3 * ${drawn(10, '0')}) * (0.5 + ${drawn(11)}), 2) AS amount,
     if(${drawn(12)} < 0.35, [product, toUInt8((product + 1 + floor(3 * ${drawn(13)})) % ${PRODUCTS})], [product]) AS kinds,
     if(${drawn(5)} < 0.1, least(${DAYS - 1}, day + toInt32(floor(20 * ${drawn(14)}))), -1) AS ticket_day,
     is_urgent
   FROM (
     SELECT n, toUInt64(place - 1) AS k, day, is_urgent FROM (SELECT n, arraySlice(days, 1, purchases) AS days, arraySlice(urgent, 1, purchases) AS urgent FROM (
       WITH range(${MOST_PURCHASES}) AS all,
         30 + 190 * ${drawn(1, '0')} * ${drawn(2, '0')} AS mean_gap,
         floor(${drawn(3, '0')} * ${DAYS - 60}) AS first_day,
         arrayMap(k -> greatest(1, round(-log(1 - ${drawn(4)}) * mean_gap)), all) AS gaps,
         arrayMap(k -> ${drawn(5)} < 0.1 AND ${drawn(6)} < 0.4, all) AS urgent,
         arrayMap(sum -> toInt32(first_day + sum), arrayPushFront(arrayCumSum(gaps), 0.)) AS days,
         arrayFirstIndex(k -> ${drawn(7)} < if(urgent[k + 1], 0.6, 0.1), all) AS left_after,
         arrayCount(day -> day < ${DAYS}, days) AS in_time
       SELECT number AS n, days, urgent, if(left_after = 0, in_time, least(in_time, left_after)) AS purchases
       FROM numbers({first:UInt64}, {many:UInt64})))
     ARRAY JOIN days AS day, urgent AS is_urgent, arrayEnumerate(days) AS place
   )`,
  `INSERT INTO {db:Identifier}.companies (id, name, domain, ${'created_at, updated_at, version'})
   SELECT ${COMPANY}, concat('Company ', toString(n)), concat('company-', toString(n), '.example'), ${COMMON}
   FROM (SELECT number AS n FROM numbers({first:UInt64}, {many:UInt64}))`,
  `INSERT INTO {db:Identifier}.deals (id, pipeline_id, stage_id, amount, closed_at, is_closed_won, created_at, updated_at, version)
   SELECT ${DEAL}, 'p', 'won', amount, ${at('day')}, true, ${COMMON} FROM {db:Identifier}.made_up`,
  links('deals', 'companies', DEAL, COMPANY, ''),
  `INSERT INTO {db:Identifier}.line_items
     (id, product_id, name, sku, quantity, price, amount, created_at, updated_at, version)
   SELECT ${ITEM}, concat('p', toString(kind)), concat('Product ', toString(kind)), concat('SKU-', toString(kind)), 1, amount, amount,
     ${COMMON} FROM {db:Identifier}.made_up ${OF_EACH_KIND}`,
  links('line_items', 'deals', ITEM, DEAL, OF_EACH_KIND),
  `INSERT INTO {db:Identifier}.tickets
     (id, subject, pipeline_id, stage_id, priority, closed_at, satisfaction, created_at, updated_at, version)
   SELECT ${TICKET}, '', 't', 'closed', if(is_urgent, 'URGENT', 'LOW'), ${at('(ticket_day + if(is_urgent, 9, 2))')},
     if(is_urgent, 1, 4), ${at('ticket_day')}, toDateTime64(0, 3, 'UTC'), 1 FROM {db:Identifier}.made_up WHERE ticket_day >= 0`,
  links('tickets', 'companies', TICKET, COMPANY, 'WHERE ticket_day >= 0'),
] as const;

const stage: CrmRecords['pipelines'] = {
  ...base,
  id: 'deals/p/won',
  object: 'deals',
  pipelineId: 'p',
  pipelineLabel: 'Sales',
  stageId: 'won',
  stageLabel: 'Won',
  isClosed: true,
  probability: 1,
};

function productOf(_: unknown, kind: number): CrmRecords['products'] {
  return { ...base, id: `p${kind}`, name: `Product ${kind}`, sku: `SKU-${kind}`, price: '100.00' };
}
