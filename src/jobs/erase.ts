import type { Instant } from '../domain/crm.ts';
import type { Audit } from '../ledger/audit.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { Text } from '../lib/text.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { type ErasureReceipt, erasureReport } from './erasure-report.ts';
import { auditMentions, exportsSince, modelsThatSaw } from './erasure-traces.ts';
import { findContacts } from './find-contacts.ts';
import { forgetInLedgers, questionsOf } from './forget-in-ledgers.ts';
import { forgetInState, personOf, withoutPerson } from './forget-in-state.ts';
import { operatorsChannel } from './operators-channel.ts';
import { personMatcher } from './person-matcher.ts';
import { askForRefit } from './refit-due.ts';
import { type WithdrawnMessages, withdrawMessages } from './withdraw-messages.ts';

export interface ErasureOptions {
  readonly portal: PortalStore;
  readonly audit: Audit;
  /** For the receipt, which the operators' channel gets. */
  readonly outbox: Pick<Outbox, 'enqueue' | 'withdraw'>;
  readonly actor: string;
  readonly now: () => Instant;
  readonly state: () => PortalState;
  readonly updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
}

/**
 * Forgets a contact: identity, record, associations, scores, features, findings, questions and write-back history are removed from the
 * store, messages that name them are not sent or taken back, what people decided names them no longer, and a keyed hash
 * stays behind so that no later sync or restore brings the person back. Won deals stay, without the person.
 */
export async function erase(options: ErasureOptions & { readonly who: string }): Promise<ErasureReceipt> {
  return eraseContacts(options, await findContacts(options.portal, options.who));
}

/** What an erasure would do; nothing is changed. */
export async function planErasure(
  options: Pick<ErasureOptions, 'portal' | 'state' | 'now'> & { readonly who: string },
): Promise<Omit<ErasureReceipt, 'erasedAt'>> {
  const { portal, state, now } = options;
  const contactIds = await findContacts(portal, options.who);
  const person = await personOf(portal, state(), contactIds);
  const matcher = personMatcher(person);
  const removed = await portal.crm.rowsOfContacts(contactIds);
  const messages = await withdrawMessages(portal, matcher, now, null);
  return {
    contactIds,
    removed: { ...removed, answers: (await questionsOf(portal, matcher)).length },
    decisions: withoutPerson(state(), person).changed,
    messages,
    models: await modelsThatSaw(portal, person.customerIds),
    remains: await remainsOf(portal, person.customerIds, matcher.isNamedIn, messages),
  };
}

/** The same for ids that need not be in the store: the tombstone keeps a later sync from bringing them in. */
export async function eraseContacts(options: ErasureOptions, contactIds: readonly string[]): Promise<ErasureReceipt> {
  const { portal, audit, outbox, actor, now, state, updateState } = options;
  const person = await personOf(portal, state(), contactIds);
  const matcher = personMatcher(person);
  const models = await modelsThatSaw(portal, person.customerIds);
  // Who they are is known only while they are here, so what names them goes first: when it fails, they can be named again.
  const decisions = await forgetInState(person, updateState);
  const messages = await outbox.withdraw((mark) => withdrawMessages(portal, matcher, now, mark));
  const inLedgers = await forgetInLedgers(portal, person, matcher);
  const erasedAt = new Date(now()).toISOString();
  if (models.length > 0) await askForRefit(portal, erasedAt);
  const removed = { ...(await portal.crm.forgetContacts(contactIds)), ...inLedgers };
  const subject = `${contactIds.length} contact(s)`;
  await audit.append({ actor, act: 'erased', subject, details: { removed, decisions, messages } });
  const remains = await remainsOf(portal, person.customerIds, matcher.isNamedIn, messages);
  const receipt: ErasureReceipt = { contactIds, removed, decisions, messages, models, erasedAt, remains };
  const channelId = operatorsChannel(state());
  if (channelId !== null) {
    const hash = await portal.crm.keyedHash('receipt', `${erasedAt} ${contactIds.join(' ')}`);
    const timeZone = (await portal.crm.account())?.timeZone ?? 'UTC';
    const report = erasureReport(receipt, state().language, timeZone);
    await outbox.enqueue({ key: `erasure:${erasedAt}:${hash.slice(0, 12)}`, channelId, kind: 'erasure', report });
  }
  return receipt;
}

/**
 * After a restore: everybody who was erased since the backup was made is erased again. `state` and `updateState` are of the settings
 * as they were restored.
 */
export async function reapplyErasures(options: ErasureOptions): Promise<{ readonly again: number }> {
  const ids = await options.portal.crm.erasedSince();
  if (ids.length > 0) await eraseContacts(options, ids);
  return { again: ids.length };
}

async function remainsOf(
  portal: PortalStore,
  customerIds: readonly string[],
  isNamedIn: (text: string) => boolean,
  { unreachable, wordless }: WithdrawnMessages,
): Promise<readonly Text[]> {
  const { folders, backups } = await exportsSince(portal);
  const entries = await auditMentions(portal, customerIds, isNamedIn);
  return [
    { en: 'the CRM itself', zh: 'CRM 中的数据' },
    {
      en: 'answers that people asked for and Slack showed to the channel or to them alone: delete them there',
      zh: '他人曾查询、由 Slack 在频道中或仅向其本人显示的回答：请在 Slack 中删除',
    },
    backups.length === 0
      ? {
          en: 'backups made before, until they are deleted: a restore erases again',
          zh: '此前的备份，直至其被删除：恢复备份时会再次删除此人',
        }
      : {
          en: `backups made before, until they are deleted (a restore erases again): ${backups.join(', ')}`,
          zh: `此前的备份，直至其被删除（恢复备份时会再次删除此人）：${backups.join('、')}`,
        },
    ...(folders.length === 0
      ? []
      : [{ en: `files that Kith exported: ${folders.join(', ')}`, zh: `Kith 导出的文件：${folders.join('、')}` }]),
    ...(unreachable === 0
      ? []
      : [
          {
            en: `${unreachable} message(s) of which it is not known whether they arrived: look for them in the channel`,
            zh: `${unreachable} 条无法确认是否送达的消息：请在相应频道中查找`,
          },
        ]),
    ...(wordless === 0
      ? []
      : [
          {
            en: `${wordless} older posted message(s) whose words, and with them whom they named, are no longer kept: look for the person in the channels`,
            zh: `${wordless} 条较早发布的消息，其正文及所涉及的人已不再保留：请在各频道中查找此人`,
          },
        ]),
    ...(entries === 0
      ? []
      : [
          {
            en: `${entries} older entr${entries === 1 ? 'y' : 'ies'} of the audit log, which cannot be changed without breaking its chain, and name the contact by id or in a text that somebody wrote`,
            zh: `审计日志中 ${entries} 条较早的记录：它们以编号或他人所写的文字提及此人，更改会破坏日志的校验链`,
          },
        ]),
  ];
}
