import { Argument, type Command, Option } from 'commander';
import type { Language, Text } from '../lib/text.ts';
import type { CommandLine } from './command-line.ts';
import type { Operations } from './operations.ts';

interface WriteBackWords {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly plan?: string;
  readonly csv?: string;
  readonly lang?: Language;
}

type Connecting = (kith: Operations, what: 'hubspot' | 'slack') => Promise<object>;

const CONNECTIONS: readonly (readonly [string, Text, Connecting])[] = [
  [
    'connect',
    {
      en: 'install Kith in a HubSpot account or a Slack workspace by OAuth, in place of a token',
      zh: '通过 OAuth 将 Kith 安装到 HubSpot 账户或 Slack 工作区，代替令牌',
    },
    (kith, what) => kith.connect(what),
  ],
  [
    'disconnect',
    { en: 'withdraw and forget what connect brought', zh: '撤销并忘记 connect 带来的授权' },
    (kith, what) => kith.disconnect(what),
  ],
];

/** The CRM and the chat: connecting them, copying records in, writing results back. */
export function addCrmCommands({ command, said, perform, performReport }: CommandLine): void {
  for (const [name, description, act] of CONNECTIONS)
    command(name, description)
      .addArgument(
        new Argument('<what>', said({ en: 'what to connect', zh: '连接什么' })).choices(['hubspot', 'slack']),
      )
      .action((what: 'hubspot' | 'slack') => perform((kith) => act(kith, what)));
  command('import <dir>', {
    en: 'read a folder of CRM export files into the store',
    zh: '将一个 CRM 导出文件的文件夹读入数据库',
  }).action((dir: string) => perform((kith) => kith.importFolder(dir)));
  command('sync', { en: 'copy the CRM now', zh: '立即复制 CRM' })
    .option(
      '--full',
      said({
        en: 'from the start, instead of going on where the last one stopped',
        zh: '从头开始，而不是从上次停止处继续',
      }),
    )
    .option(
      '--report',
      said({
        en: 'what was read, what was refused and why, and how the revenue reconciles',
        zh: '读取了什么、拒绝了什么及原因，以及收入如何对账',
      }),
    )
    .action((given: { full?: boolean; report?: boolean }) =>
      perform((kith) => kith.sync({ full: given.full === true, report: given.report === true })),
    );
  const writeBack = command('write-back', {
    en: 'write tiers, segments and risks back on the CRM records',
    zh: '将等级、分群和风险写回 CRM 记录',
  })
    .option('--dry-run', said({ en: 'show what would change; write nothing', zh: '显示将会改变什么；不写入' }))
    .option('--yes', said({ en: 'write without asking in Slack first', zh: '直接写入，不先在 Slack 中询问' }))
    .option('--plan <id>', said({ en: 'write exactly what a dry run showed', zh: '严格按照一次预演所显示的内容写入' }))
    .option(
      '--force',
      said({
        en: 'write although Kith finds that something is wrong; the audit keeps it',
        zh: '即使 Kith 发现问题也写入；审计日志会记录',
      }),
    )
    .option('--csv <file>', said({ en: 'also write every planned change as CSV', zh: '同时将每项计划的更改写成 CSV' }))
    .addOption(
      new Option('--lang <language>', said({ en: 'the language of the answer', zh: '回答的语言' })).choices([
        'en',
        'zh',
      ]),
    )
    .action((given: WriteBackWords) =>
      performReport((kith) =>
        kith.writeBack({
          dryRun: given.dryRun === true,
          approved: given.yes === true,
          force: given.force === true,
          plan: given.plan ?? null,
          csv: given.csv ?? null,
          language: given.lang ?? null,
        }),
      ),
    );
  writeBack
    .command('undo <batch>')
    .description(
      said({ en: 'take one batch back, except what a person changed since', zh: '撤回一批写入，此后被人改过的除外' }),
    )
    .action((batch: string) => performReport((kith) => kith.undoWriteBack(batch)));
  writeBack
    .command('remove')
    .description(
      said({
        en: 'clear what Kith wrote on the CRM records, except what a person changed',
        zh: '清除 Kith 写在 CRM 记录上的内容，被人改过的除外',
      }),
    )
    .option('--yes', said({ en: 'really do it; otherwise it is only counted', zh: '真正执行；否则只计数' }))
    .action((_: object, self: Command) => {
      const { yes } = self.optsWithGlobals<{ yes?: boolean }>();
      return performReport((kith) => kith.removeProperties({ dryRun: yes !== true }));
    });
}
