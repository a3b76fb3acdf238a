import { KithError } from '../lib/errors.ts';
import type { CommandLine } from './command-line.ts';

/** What Kith keeps: copies of it, the record of what it did, and everything about one person. */
export function addKeepingCommands({ command, said, perform, owned, options }: CommandLine): void {
  command('backup <dir>', {
    en: 'copy everything that Kith keeps, but the identity key',
    zh: '备份 Kith 保存的全部内容，身份密钥除外',
  })
    .option(
      '--with-key',
      said({
        en: 'with the identity key: whoever has the backup can then read every name in it',
        zh: '包含身份密钥：拿到备份的人将能读取其中的所有姓名',
      }),
    )
    .action((dir: string, given: { withKey?: boolean }) =>
      perform((kith) => kith.backup(dir, { withKey: given.withKey === true })),
    );
  command('restore <dir>', {
    en: 'bring a backup back into an empty data folder',
    zh: '将备份恢复到空的数据文件夹',
  }).action((dir: string) => (options.start === undefined ? owned('restore') : perform((kith) => kith.restore(dir))));
  command('audit <what>', {
    en: "'audit verify' checks that the record of what Kith did is whole",
    zh: "'audit verify' 检查 Kith 的操作记录是否完整",
  }).action((what: string) =>
    perform(async (kith) => {
      if (what !== 'verify')
        throw new KithError('usage', {
          en: `'audit ${what}' is not known; write 'kith audit verify'`,
          zh: `不认识 'audit ${what}'；请写 'kith audit verify'`,
        });
      const result = await kith.verifyAudit();
      if (!result.ok)
        throw new KithError('store-damaged', {
          en: `The audit log was changed at entry ${result.brokenAt} of ${result.entries}`,
          zh: `审计日志在第 ${result.brokenAt} 条（共 ${result.entries} 条）处被改动过`,
        });
      return result;
    }),
  );
  command('erase <who>', {
    en: 'forget a person, by e-mail, phone or contact id, with a receipt',
    zh: '按电子邮件、电话或联系人 ID 忘记一个人，并给出凭据',
  })
    .option('--dry-run', said({ en: 'show what would be erased; erase nothing', zh: '显示将会删除什么；不删除' }))
    .action((who: string, given: { dryRun?: boolean }) =>
      perform((kith) => kith.erase(who, { dryRun: given.dryRun === true })),
    );
  command('export-person <who>', {
    en: 'everything that Kith holds about a person, as JSON',
    zh: 'Kith 持有的关于一个人的全部内容（JSON）',
  })
    .requiredOption('--to <file>', said({ en: 'the file that is written', zh: '要写入的文件' }))
    .action((who: string, given: { to: string }) => perform((kith) => kith.exportPerson(who, given.to)));
  command('opt-out <who>', {
    en: 'make no profile of a person from now on, and drop what was made',
    zh: '从现在起不再为一个人建立画像，并删除已有的',
  })
    .option('--undo', said({ en: 'make one again, from the next analysis on', zh: '从下次分析起重新建立' }))
    .action((who: string, given: { undo?: boolean }) =>
      perform((kith) => kith.optOut(who, { undo: given.undo === true })),
    );
  command('rotate-key', {
    en: "seal contacts' names, e-mails and phones under a new key",
    zh: '用新密钥密封联系人的姓名、电子邮件和电话',
  })
    .option('--drop-old', said({ en: 'forget the keys before the current one', zh: '忘记当前密钥之前的密钥' }))
    .action((given: { dropOld?: boolean }) => perform((kith) => kith.rotateKey({ dropOld: given.dropOld === true })));
}
