import type { CrmAccount, CustomerUnit } from '../domain/crm.ts';
import type { Viewer } from '../domain/people.ts';
import type { Run, Score } from '../domain/results.ts';
import { batches } from '../lib/batches.ts';
import { KithError } from '../lib/errors.ts';
import { say } from '../lib/text.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore, ScoreQuery } from '../store/portal-store.ts';
import { type Access, accessOf, SHARED_EXTERNALLY, subjectOf } from './access.ts';
import { analysesOf, countOpenTickets, readPurchases } from './customer-facts.ts';
import { LOOK_UP, type NamedCustomer, readNames } from './customer-names.ts';
import { type ExampleRecord, exampleCompanies, exampleDeals, exampleSharers } from './example-records.ts';
import { findCustomers } from './find-customers.ts';
import type { CustomerRow, NamedRecord, PrivacyReader } from './privacy-reader.ts';
import { readProductOrders, readProducts, readProductTotals } from './product-facts.ts';
import { readRenewals } from './renewal-facts.ts';

interface OwnerFacts {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Rows for one viewer: filtered and masked by the policy in access.ts. */
export function createReader(options: {
  portal: PortalStore;
  account: CrmAccount;
  state: PortalState;
  viewer: Viewer;
}): PrivacyReader {
  const { portal, account, state, viewer } = options;
  let knownOwners: Promise<ReadonlyMap<string, OwnerFacts>> | null = null;

  function owners(): Promise<ReadonlyMap<string, OwnerFacts>> {
    knownOwners ??= readOwners(portal);
    return knownOwners;
  }

  /** What is not about rows says so itself where nothing at all may be said. */
  function refuseOutsiders(): void {
    if (viewer.place.kind === 'shared-externally')
      throw new KithError('not-allowed', say(state.language, SHARED_EXTERNALLY));
  }

  async function customersNow(): Promise<Access & { readonly unit: CustomerUnit }> {
    const runs = await portal.results.runs(20);
    const unit = runs.find(({ status }) => status === 'done')?.portfolio.unit ?? state.unit ?? 'company';
    return { ...accessOf(viewer, state, unit, 'other'), unit };
  }

  function linkTo(type: CustomerUnit | 'deal', id: string): string {
    return account.recordUrl.replace('{type}', type).replace('{id}', encodeURIComponent(id));
  }

  async function asRecord({ type, id, name, ownerId }: ExampleRecord): Promise<NamedRecord> {
    const link = linkTo(SINGULAR[type], id);
    return { type, id, name, link, owner: (await owners()).get(ownerId) ?? null };
  }

  async function asRow(score: Score, unit: CustomerUnit, named: NamedCustomer | undefined): Promise<CustomerRow> {
    return {
      ...score,
      // A record that left the CRM after the run has no name to show.
      name: named?.name ?? score.customerId,
      link: linkTo(unit, score.customerId),
      owner: (await owners()).get(named?.ownerId ?? '') ?? null,
    };
  }

  /** Of these customers, those whom the viewer may see at risk or not. */
  async function visible(run: Run, customerIds: readonly string[]): Promise<readonly string[]> {
    const { unit } = run.portfolio;
    const access = accessOf(viewer, state, unit, 'standing-at-risk');
    if (access.customers === 'all') return customerIds;
    if (access.customers === 'none' || customerIds.length === 0) return [];
    const { ownerIds } = access.customers;
    const names = await readNames(portal, unit, customerIds, access.contactNames);
    return customerIds.filter((id) => ownerIds.includes(names.get(id)?.ownerId ?? ''));
  }

  return {
    viewer,

    async result(analysis, runId) {
      refuseOutsiders();
      return portal.results.summary(analysis, runId);
    },

    async rows(run, analysis, query = {}) {
      const { unit } = run.portfolio;
      const access = accessOf(viewer, state, unit, subjectOf(analysis));
      if (access.customers === 'none') return { rows: [], withheld: access.withheld };
      const scores = await portal.results.scores(run.id, analysis, restricted(query, access));
      const ids = scores.map(({ customerId }) => customerId);
      const names = await readNames(portal, unit, ids, access.contactNames);
      const rows = await Promise.all(scores.map((score) => asRow(score, unit, names.get(score.customerId))));
      return { rows, withheld: access.withheld };
    },

    async find(text, limit) {
      const { unit, ...access } = await customersNow();
      return findCustomers(portal, unit, access, text, limit);
    },

    async customer(run, customerId) {
      const { unit } = run.portfolio;
      const access = accessOf(viewer, state, unit, 'other');
      if (access.customers === 'none') return null;
      const named = (await readNames(portal, unit, [customerId], access.contactNames)).get(customerId);
      if (named === undefined) return null;
      if (access.customers !== 'all' && !access.customers.ownerIds.includes(named.ownerId)) return null;
      const visible = (await analysesOf(portal, run, customerId)).filter(
        (analysis) => accessOf(viewer, state, unit, subjectOf(analysis)).customers !== 'none',
      );
      const [found, purchases, openTickets, optedOut] = await Promise.all([
        Promise.all(
          visible.map(async (analysis) => {
            const [score] = await portal.results.scores(run.id, analysis, { customerIds: [customerId] });
            return score === undefined ? [] : [[analysis, score] as const];
          }),
        ),
        readPurchases(portal, run, customerId),
        countOpenTickets(portal, unit, customerId),
        unit === 'contact' ? portal.crm.optedOut() : null,
      ]);
      return {
        customerId,
        name: named.name,
        link: linkTo(unit, customerId),
        owner: (await owners()).get(named.ownerId) ?? null,
        industry: named.industry,
        country: named.country,
        profiling: optedOut?.has(customerId) === true ? 'off' : 'on',
        scores: Object.fromEntries(found.flat()),
        ...purchases,
        openTickets,
      };
    },

    async records(run, type, ids) {
      const unit = type === 'companies' ? 'company' : run.portfolio.unit;
      const access = accessOf(viewer, state, unit, 'other');
      const read = type === 'companies' ? exampleCompanies : exampleDeals;
      const records = await Promise.all((await read(portal, access, ids)).map(asRecord));
      return { records, withheld: access.withheld };
    },

    async sharers(what, limit) {
      const access = accessOf(viewer, state, 'contact', 'other');
      const groups = await exampleSharers(portal, access, what, limit);
      return {
        groups: await Promise.all(groups.map((group) => Promise.all(group.map(asRecord)))),
        withheld: access.withheld,
      };
    },

    async products(run) {
      refuseOutsiders();
      return readProducts(portal, run);
    },

    async productTotals(run, productId) {
      refuseOutsiders();
      return readProductTotals(portal, run, productId);
    },

    productOrders: async (run, productId, customerIds) =>
      inBatches(await visible(run, customerIds), (ids) => readProductOrders(portal, run, productId, ids)),

    renewals: async (run, contracts, customerIds) =>
      inBatches(await visible(run, customerIds), (ids) => readRenewals(portal, run, contracts, ids)),

    async findOwners(text) {
      refuseOutsiders();
      const wanted = text.trim().toLowerCase();
      if (wanted === '') return [];
      return [...(await owners()).values()]
        .filter(
          ({ id, name, email }) => id.toLowerCase() === wanted || `${name}\n${email}`.toLowerCase().includes(wanted),
        )
        .map(({ id, name }) => ({ id, name }));
    },
  };
}

/** What is known of many customers, looked up by some of them at a time. */
async function inBatches<Known>(
  customerIds: readonly string[],
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Known>>,
): Promise<ReadonlyMap<string, Known>> {
  const known = new Map<string, Known>();
  for (const ids of batches(customerIds, LOOK_UP)) for (const [id, one] of await read(ids)) known.set(id, one);
  return known;
}

/** A kind of record as its page's address has it. */
const SINGULAR = { companies: 'company', contacts: 'contact', deals: 'deal' } as const;

/** The query, narrowed to the owners whose customers the viewer may see. */
function restricted(query: ScoreQuery, access: Access): ScoreQuery {
  if (typeof access.customers !== 'object') return query;
  const allowed = access.customers.ownerIds;
  return {
    ...query,
    ownerIds: query.ownerIds === undefined ? allowed : query.ownerIds.filter((id) => allowed.includes(id)),
  };
}

async function readOwners(portal: PortalStore): Promise<ReadonlyMap<string, OwnerFacts>> {
  const owners = await portal.crm.owners();
  return new Map(owners.map(({ id, name, email }) => [id, { id, email, name: name.trim() || email || id }]));
}
