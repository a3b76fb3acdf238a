import type { Text } from '../lib/text.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { exportsSince } from './erasure-traces.ts';
import type { WithdrawnMessages } from './withdraw-messages.ts';

/** What an erasure does not reach; `mentions`: entries of the audit log that name the person. */
export async function remainsOf(
  portal: PortalStore,
  { unreachable, wordless }: WithdrawnMessages,
  mentions: number,
): Promise<readonly Text[]> {
  const { folders, backups } = await exportsSince(portal);
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
    ...(mentions === 0
      ? []
      : [
          {
            en: `${mentions} older entr${mentions === 1 ? 'y' : 'ies'} of the audit log, which cannot be changed without breaking its chain, and name the contact by id or in a text that somebody wrote`,
            zh: `审计日志中 ${mentions} 条较早的记录：它们以编号或他人所写的文字提及此人，更改会破坏日志的校验链`,
          },
        ]),
  ];
}
