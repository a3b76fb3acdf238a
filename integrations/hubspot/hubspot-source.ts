import {
  type CopiedProperties,
  type CrmAccount,
  OBJECT_TYPES,
  type ObjectType,
  type Owner,
  type PipelineStage,
  type RejectedRecord,
} from '../../src/domain/crm.ts';
import type { CrmPage, CrmSource } from '../../src/ports/crm.ts';
import { checked, firstProblem } from './checked.ts';
import { ENGAGEMENT_OBJECTS } from './engagement-mapping.ts';
import type { Governor } from './governor.ts';
import { createHubspotChanges } from './hubspot-changes.ts';
import { listPage } from './listing.ts';
import type { ListedType } from './mapping.ts';
import { engagementReading, listedReading } from './object-reading.ts';
import { ownerOf, stagesOf } from './owner-and-stage-mapping.ts';
import { paths } from './paths.ts';
import { rawRevenueOf } from './raw-revenue.ts';
import { readRecords } from './read-records.ts';
import { accountSchema, listSchema, ownerSchema, pipelineSchema } from './schemas.ts';

export function createHubspotSource(
  governor: Governor,
  options: { engagements: boolean; copied: (portalId: string) => CopiedProperties },
): CrmSource {
  let account: CrmAccount | null = null;
  const readAccount = async () => {
    account ??= accountOf(checked(accountSchema, await get(governor, paths.account), paths.account));
    governor.setTimeZone(account.timeZone);
    return account;
  };
  const copiedOf = (type: ObjectType) => (account === null ? {} : options.copied(account.portalId))[type] ?? [];
  // Each branch's pages are of the type that was asked for; TypeScript does not narrow a type parameter.
  const read = (
    type: string,
    readOptions: { after?: string; signal?: AbortSignal } = {},
  ): AsyncIterable<CrmPage<never>> => {
    const { after = null, signal } = { after: readOptions.after ?? null, signal: readOptions.signal };
    const pages =
      type === 'owners'
        ? readOwners(governor, after, signal)
        : type === 'pipelines'
          ? readPipelines(governor, signal)
          : type === 'engagements'
            ? readEngagements(governor, after, signal)
            : readRecords(governor, listedReading(type as ListedType, copiedOf(type as ListedType)), after, signal);
    return pages as AsyncIterable<CrmPage<never>>;
  };
  const types = OBJECT_TYPES.filter((type) => type !== 'engagements' || options.engagements);
  return {
    kind: 'hubspot',
    account: readAccount,
    objectTypes: async () => types,
    read,
    rawRevenue: async (revenueOptions) =>
      rawRevenueOf(governor, (await readAccount()).currency, revenueOptions?.signal),
    changes: createHubspotChanges(governor, types, copiedOf),
    calls: () => governor.calls(),
    close: async () => undefined,
  };
}

function accountOf(raw: { portalId: number; timeZone: string; companyCurrency: string; uiDomain: string }): CrmAccount {
  return {
    portalId: String(raw.portalId),
    name: String(raw.portalId),
    timeZone: isTimeZone(raw.timeZone) ? raw.timeZone : 'UTC',
    currency: raw.companyCurrency.toUpperCase(),
    // A HubSpot on this machine says where it is in full; the real one gives a domain.
    recordUrl: `${raw.uiDomain.includes('://') ? '' : 'https://'}${raw.uiDomain}/contacts/${raw.portalId}/{type}/{id}`,
  };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The four objects one after the other; a checkpoint is `<object>/<after>`. */
async function* readEngagements(
  governor: Governor,
  after: string | null,
  signal?: AbortSignal,
): AsyncGenerator<CrmPage<'engagements'>> {
  const [from, position] = cutCheckpoint(after, ENGAGEMENT_OBJECTS);
  for (const [index, object] of ENGAGEMENT_OBJECTS.entries()) {
    if (index < from) {
      continue;
    }
    const following = ENGAGEMENT_OBJECTS[index + 1];
    for await (const page of readRecords(
      governor,
      engagementReading(object),
      index === from ? position : null,
      signal,
    )) {
      const next = page.next === null ? (following === undefined ? null : `${following}/`) : `${object}/${page.next}`;
      yield { ...page, next, total: null };
    }
  }
}

const OWNER_LISTS = ['active', 'archived'] as const;

/** Deals keep naming owners who have left, so the archived ones are read too. A checkpoint is `<list>/<after>`. */
async function* readOwners(
  governor: Governor,
  after: string | null,
  signal?: AbortSignal,
): AsyncGenerator<CrmPage<'owners'>> {
  let [list, position] = cutCheckpoint(after, OWNER_LISTS);
  while (list < OWNER_LISTS.length) {
    const isArchived = list === 1;
    const page = await listPage(governor, paths.owners, { archived: String(isArchived) }, position, signal);
    const records: Owner[] = [];
    const rejected: RejectedRecord[] = [];
    for (const result of page.results) {
      const raw = ownerSchema.safeParse(result);
      if (raw.success) {
        records.push(ownerOf(raw.data, isArchived));
      } else {
        rejected.push({ objectType: 'owners', recordId: '', place: paths.owners, reason: firstProblem(raw.error) });
      }
    }
    position = page.next;
    list += position === null ? 1 : 0;
    const next = list < OWNER_LISTS.length ? `${OWNER_LISTS[list]}/${position ?? ''}` : null;
    yield { records, associations: [], rejected, next, total: null };
  }
}

async function* readPipelines(governor: Governor, signal?: AbortSignal): AsyncGenerator<CrmPage<'pipelines'>> {
  const records: PipelineStage[] = [];
  const rejected: RejectedRecord[] = [];
  for (const object of ['deals', 'tickets'] as const) {
    const path = paths.pipelines(object);
    for (const result of checked(listSchema, await get(governor, path, signal), path).results) {
      const raw = pipelineSchema.safeParse(result);
      if (raw.success) {
        records.push(...stagesOf(object, raw.data));
      } else {
        rejected.push({ objectType: 'pipelines', recordId: '', place: path, reason: firstProblem(raw.error) });
      }
    }
  }
  yield { records, associations: [], rejected, next: null, total: records.length };
}

function get(governor: Governor, path: string, signal?: AbortSignal): Promise<unknown> {
  return governor.call({ method: 'GET', path, bucket: 'general', isIdempotent: true }, signal);
}

/** Which of the lists a checkpoint is in, and where in it; a checkpoint of no known list starts from the beginning. */
function cutCheckpoint(after: string | null, lists: readonly string[]): [number, string | null] {
  const [list = '', position = ''] = (after ?? '').split('/');
  return [Math.max(0, lists.indexOf(list)), position === '' ? null : position];
}
