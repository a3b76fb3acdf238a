import type { DecimalText, Instant } from '../domain/crm.ts';
import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

/**
 * What is wrong with won deals. The first five are why a deal is in nobody's figures (`cause` of won-deals.ts, each deal
 * under the first that holds); the others count, and deserve a look.
 */
export const DEAL_PROBLEMS = [
  'no_amount',
  'no_rate',
  'no_customer',
  'no_close_date',
  'after_as_of',
  'before_1990',
  'negative',
  'zero_amount',
  'several_customers',
] as const;
export type DealProblem = (typeof DEAL_PROBLEMS)[number];

export interface ProblemDeals {
  readonly problem: DealProblem;
  readonly deals: number;
  /** Σ of the amounts that are known in the portal's currency; null where none is (no amount, no rate). */
  readonly money: DecimalText | null;
  /** Deal ids, the most money first. */
  readonly examples: readonly string[];
}

/** The oldest close date that is taken for a real one. */
const EARLIEST_CLOSE: Instant = Date.UTC(1990, 0, 1);
/** Records that a finding points at. */
const EXAMPLES = 3;

/** What is wrong with won deals, as `buildWonDeals` left them. A problem that no deal has is absent. */
export async function readProblemDeals(portal: PortalStore): Promise<ProblemDeals[]> {
  const rows = await portal.query<{
    problem: DealProblem;
    deals: string;
    known: string;
    money: string;
    deal_id: string;
  }>(
    `WITH problems AS (
       SELECT deal_id, amount, arrayJoin(arrayFilter(x -> x != '', [toString(cause),
         if(cause = '' AND at < fromUnixTimestamp64Milli({earliest:Int64}, 'UTC'), 'before_1990', ''),
         if(cause = '' AND ifNull(amount < 0, false), 'negative', ''),
         if(cause = '' AND ifNull(amount = 0, false), 'zero_amount', ''),
         if(cause = '' AND is_contested, 'several_customers', '')])) AS problem
       FROM {db:Identifier}.won_deals
     ), totals AS (
       SELECT problem, toString(count()) AS deals, toString(count(amount)) AS known, toString(sum(ifNull(amount, 0))) AS money
       FROM problems GROUP BY problem
     ), ranked AS (
       SELECT problem, deal_id FROM problems
       ORDER BY problem, abs(ifNull(amount, 0)) DESC, deal_id LIMIT ${EXAMPLES} BY problem
     )
     SELECT r.problem AS problem, t.deals AS deals, t.known AS known, t.money AS money, r.deal_id AS deal_id
     FROM ranked AS r INNER JOIN totals AS t ON t.problem = r.problem`,
    { earliest: EARLIEST_CLOSE },
  );
  return DEAL_PROBLEMS.flatMap((problem) => {
    const own = rows.filter((row) => row.problem === problem);
    const [first] = own;
    if (first === undefined) return [];
    return [
      {
        problem,
        deals: Number(first.deals),
        money: Number(first.known) === 0 ? null : first.money,
        examples: own.map((row) => row.deal_id),
      },
    ];
  });
}

export interface WonTotals {
  /** Won deals that count, and Σ of their amounts in the portal's currency. */
  readonly deals: number;
  readonly amount: DecimalText;
  /** The middle deal above zero, by which a missing amount is guessed; null without any. */
  readonly medianDeal: number | null;
}

export async function readWonTotals(portal: PortalStore): Promise<WonTotals> {
  const [row] = await portal.query<{ deals: string; total: string; middle: number | null }>(
    `SELECT toString(count()) AS deals, toString(sum(ifNull(amount, 0))) AS total,
       quantileExactOrNullIf(0.5)(toFloat64(ifNull(amount, 0)), ifNull(amount, 0) > 0) AS middle
     FROM {db:Identifier}.won_deals WHERE cause = ''`,
  );
  return { deals: Number(row?.deals ?? 0), amount: row?.total ?? '0', medianDeal: row?.middle ?? null };
}

export interface MissingField {
  readonly object: 'companies' | 'contacts' | 'deals' | 'line_items' | 'tickets' | 'products';
  readonly field: string;
  readonly missing: number;
  readonly of: number;
  /** Won money of the customers whose record lacks it, or of the won deals; null where no money hangs on it. */
  readonly money: DecimalText | null;
}

/** Fields that something is computed from, by table; how a missing one is told. Deals are the won ones that count. */
const FIELDS: Readonly<Record<MissingField['object'], readonly (readonly [field: string, isMissing: string])[]>> = {
  companies: [
    ['name', "name = ''"],
    ['domain', "domain = ''"],
    ['industry', "industry = ''"],
    ['country', "country = ''"],
    ['employees', 'isNull(employees)'],
    ['owner', "owner_id = ''"],
  ],
  contacts: [
    ['email', "email_hash = ''"],
    ['phone', "phone_hash = ''"],
    ['country', "country = ''"],
    ['owner', "owner_id = ''"],
  ],
  deals: [
    ['currency', "currency = ''"],
    ['owner', "owner_id = ''"],
  ],
  line_items: [
    ['product', "product_id = '' AND name = ''"],
    ['amount', 'isNull(amount)'],
  ],
  tickets: [
    ['priority', "priority = ''"],
    ['satisfaction', 'isNotNull(closed_at) AND isNull(satisfaction)'],
  ],
  products: [['price', 'isNull(price)']],
};

const MONEY_OF_CUSTOMERS = `(SELECT customer_id, sum(ifNull(amount, 0)) AS money FROM {db:Identifier}.won_deals
  WHERE cause = '' GROUP BY customer_id)`;

const CONTACTS_WITH_HASHES = `(SELECT c.id AS id, c.country AS country, c.owner_id AS owner_id, i.email_hash AS email_hash,
    i.phone_hash AS phone_hash
  FROM (SELECT * FROM {db:Identifier}.contacts FINAL WHERE NOT archived) AS c
  LEFT JOIN (SELECT contact_id, email_hash, phone_hash FROM {db:Identifier}.identities FINAL) AS i ON i.contact_id = c.id)`;

/** How many records lack each field, and the won money of those that do. Fields that none lacks are absent. */
export async function readMissingFields(portal: PortalStore, { unit }: Portfolio): Promise<MissingField[]> {
  const found: MissingField[] = [];
  for (const object of Object.keys(FIELDS) as MissingField['object'][]) {
    const isCustomer = object === (unit === 'company' ? 'companies' : 'contacts');
    const records =
      object === 'contacts'
        ? CONTACTS_WITH_HASHES
        : `(SELECT * FROM {db:Identifier}.${object} FINAL WHERE NOT archived)`;
    const money =
      object === 'deals'
        ? "INNER JOIN (SELECT deal_id, ifNull(amount, 0) AS money FROM {db:Identifier}.won_deals WHERE cause = '') AS m ON m.deal_id = r.id"
        : isCustomer
          ? `LEFT JOIN ${MONEY_OF_CUSTOMERS} AS m ON m.customer_id = r.id`
          : '';
    const hasMoney = money !== '';
    const columns = FIELDS[object].map(
      ([, isMissing], k) =>
        `toString(countIf(${isMissing})) AS missing_${k}, ${
          hasMoney ? `toString(sumIf(m.money, ${isMissing}))` : "''"
        } AS money_${k}`,
    );
    const [row] = await portal.query<Record<string, string>>(
      `SELECT toString(count()) AS of, ${columns.join(', ')} FROM ${records} AS r ${money}`,
    );
    if (row === undefined) continue;
    FIELDS[object].forEach(([field], k) => {
      const missing = Number(row[`missing_${k}`]);
      if (missing === 0) return;
      found.push({ object, field, missing, of: Number(row.of), money: hasMoney ? row[`money_${k}`]! : null });
    });
  }
  return found;
}

export interface LooseRecords {
  /** Line items of no deal that is there: their products are in nobody's basket. */
  readonly orphanItems: number;
  /** Tickets that closed before they were opened. */
  readonly backwardTickets: number;
  /** Records that could not be read, by kind. */
  readonly quarantined: readonly { readonly object: string; readonly records: number }[];
}

export async function readLooseRecords(portal: PortalStore): Promise<LooseRecords> {
  const [items] = await portal.query<{ orphans: string }>(
    `SELECT toString(count()) AS orphans
     FROM (SELECT id FROM {db:Identifier}.line_items FINAL WHERE NOT archived) AS l
     LEFT ANTI JOIN (
       SELECT a.from_id AS id FROM (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
           WHERE from_type = 'line_items' AND to_type = 'deals') AS a
         INNER JOIN (SELECT id FROM {db:Identifier}.deals FINAL WHERE NOT archived) AS d ON d.id = a.to_id
     ) AS held ON held.id = l.id`,
  );
  const [tickets] = await portal.query<{ backward: string }>(
    `SELECT toString(countIf(ifNull(closed_at < created_at, false))) AS backward
     FROM {db:Identifier}.tickets FINAL WHERE NOT archived`,
  );
  const quarantined = await portal.query<{ object: string; records: string }>(
    `SELECT object_type AS object, toString(count()) AS records FROM {db:Identifier}.rejects FINAL
     WHERE reason != '' GROUP BY object ORDER BY count() DESC, object`,
  );
  return {
    orphanItems: Number(items?.orphans ?? 0),
    backwardTickets: Number(tickets?.backward ?? 0),
    quarantined: quarantined.map(({ object, records }) => ({ object, records: Number(records) })),
  };
}
