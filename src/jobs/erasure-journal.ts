import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../domain/crm.ts';
import { KithError } from '../lib/errors.ts';
import type { PortalState } from '../state/portal-state.ts';
import { normaliseEmail, normalisePhone } from '../store/identity-keys.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { auditMentions, modelsThatSaw } from './erasure-traces.ts';
import { forgetInLedgers } from './forget-in-ledgers.ts';
import { personOf, withoutPerson } from './forget-in-state.ts';
import { type PersonMatcher, personMatcher } from './person-matcher.ts';
import { withdrawMessages } from './withdraw-messages.ts';

const count = z.number().int().nonnegative();
const foundSchema = z.object({
  /** Rows that are theirs, by table. */
  removed: z.record(z.string(), count),
  decisions: count,
  messages: z.object({ rewritten: count, dropped: count, takenBack: count, unreachable: count, wordless: count }),
  models: z.array(z.object({ run: z.string(), asOf: z.string(), analyses: z.array(z.string()) })),
  /** Entries of the audit log that name them. */
  mentions: count,
});
const contentSchema = foundSchema.extend({
  contactIds: z.array(z.string()),
  actor: z.string(),
  /** Keyed hashes of whatever the person may be asked for by. */
  asked: z.array(z.string()),
});

/** What there is of somebody before anything of it goes. */
export type FoundOfPerson = z.infer<typeof foundSchema>;

/** An erasure from its first statement to its receipt. */
export interface OpenErasure extends z.infer<typeof contentSchema> {
  readonly id: string;
}

/** Looks, and changes nothing. */
export async function findOfPerson(
  portal: PortalStore,
  state: PortalState,
  contactIds: readonly string[],
  now: () => Instant,
): Promise<FoundOfPerson & { readonly matcher: PersonMatcher }> {
  const person = await personOf(portal, state, contactIds);
  const matcher = personMatcher(person);
  const rows = await portal.crm.rowsOfContacts(contactIds);
  return {
    matcher,
    removed: { ...rows, ...(await forgetInLedgers(portal, person, matcher, 'count')) },
    decisions: withoutPerson(state, person).changed,
    messages: await withdrawMessages(portal, matcher, now, null),
    models: (await modelsThatSaw(portal, person.customerIds)).map((model) => ({
      ...model,
      analyses: [...model.analyses],
    })),
    mentions: await auditMentions(portal, person.customerIds, matcher.isNamedIn),
  };
}

/** Notes an erasure before its first statement: whatever stops it then, it is gone on with until its receipt is there. */
export async function beginErasure(
  portal: PortalStore,
  erasure: {
    readonly contactIds: readonly string[];
    readonly actor: string;
    /** As somebody asked for the person; absent where the CRM did, by id. */
    readonly who?: string;
    readonly state: PortalState;
    readonly now: () => Instant;
  },
): Promise<OpenErasure> {
  const { contactIds, actor, who, state, now } = erasure;
  const { matcher, ...found } = await findOfPerson(portal, state, contactIds, now);
  const names = new Set([...contactIds, ...matcher.needles, ...(who === undefined ? [] : [who])].map(asAsked));
  const asked = await Promise.all([...names].map((name) => hashOf(portal, name)));
  const id = randomBytes(8).toString('hex');
  const content = { ...found, contactIds: [...contactIds], actor, asked };
  await portal.crm.beginErasure(id, JSON.stringify(content));
  return { id, ...content };
}

/** Erasures that were broken off, the oldest first. */
export async function erasuresUnderWay(portal: PortalStore): Promise<readonly OpenErasure[]> {
  const open = await portal.crm.erasuresUnderWay();
  return open.map(({ id, content }) => {
    const parsed = contentSchema.safeParse(JSON.parse(content));
    if (parsed.success) return { id, ...parsed.data };
    throw new KithError(
      'store-damaged',
      {
        en: 'What erasures.json notes of an erasure that was broken off is not what Kith wrote; bring the file back from a copy before you go on',
        zh: 'erasures.json 中关于中断的删除的记录不是 Kith 写入的；请先从副本恢复该文件',
      },
      { cause: parsed.error },
    );
  });
}

/** Whether somebody who is named so is whom it is about: nothing else says who they were once they are gone. */
export async function isAskedFor(portal: PortalStore, { asked }: OpenErasure, who: string): Promise<boolean> {
  return asked.includes(await hashOf(portal, asAsked(who)));
}

function hashOf(portal: PortalStore, name: string): Promise<string> {
  return portal.crm.keyedHash('erasure', name);
}

/** One spelling of what may be spelt in several ways. */
function asAsked(text: string): string {
  if (text.includes('@')) return normaliseEmail(text);
  return /^\+?[\d\s()./-]{5,}$/.test(text.trim()) ? normalisePhone(text) : text.trim().toLowerCase();
}
