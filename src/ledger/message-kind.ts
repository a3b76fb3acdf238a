import type { Text } from '../lib/text.ts';
import type { MessageKind } from './outbox.ts';

const KINDS: Readonly<Record<MessageKind, Text>> = {
  digest: { en: 'digest', zh: '摘要' },
  subscription: { en: 'subscription', zh: '订阅' },
  asked: { en: 'copy of a digest', zh: '摘要副本' },
  'write-back': { en: 'write-back plan', zh: '回写计划' },
  'band-crossed': { en: 'risk that changed', zh: '风险变化' },
  playbook: { en: 'playbook', zh: '行动方案' },
  'monthly-report': { en: 'monthly report', zh: '月度报告' },
  erasure: { en: 'receipt of an erasure', zh: '删除回执' },
  'not-taken-back': { en: 'messages that could not be taken back', zh: '未能撤回的消息' },
  'missed-jobs': { en: 'jobs that did not run', zh: '未运行的任务' },
  'crm-limit': { en: 'CRM calls used up', zh: 'CRM 调用额度用尽' },
  undelivered: { en: 'messages that did not arrive', zh: '未送达的消息' },
};

/** What a message is to a person; a kind that an earlier version wrote is its own name. */
export function messageKind(kind: string): Text {
  return kind in KINDS ? KINDS[kind as MessageKind] : { en: kind, zh: kind };
}
