import { Option } from 'commander';
import { KithError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { Finding } from '../ports/doctor.ts';
import type { CommandLine } from './command-line.ts';

const MENDABLE: Text = {
  en: 'The doctor found something to mend; see the lines marked ✗',
  zh: '检查发现需要修复的问题；请查看标有 ✗ 的行',
};

/** A finding's state in front of its line. */
const MARKS: Readonly<Record<Finding['state'], string>> = { ok: '✓', advice: '!', problem: '✗' };

/** Kith itself: running it, setting it up and looking whether all is well. */
export function addServiceCommands(line: CommandLine): void {
  const { command, said, owned, isJson, options } = line;
  const { terminal, start, demo } = options;

  command('start', { en: 'the bot: Slack, schedules', zh: '启动机器人：Slack 与定时任务' }).action(async () =>
    (start ?? (() => owned('start')))(),
  );
  command('demo', {
    en: 'everything against the stand-in HubSpot and the stand-in Slack, with a web page',
    zh: '在模拟的 HubSpot 和 Slack 上运行全部功能，并提供网页',
  })
    .option(
      '--data <dir>',
      said({
        en: 'a folder of CRM export files instead of the made-up company',
        zh: '用一个 CRM 导出文件的文件夹代替虚构的公司',
      }),
    )
    .option('--port <n>', said({ en: 'where the page is', zh: '网页的端口' }), portNumber, 4010)
    .option(
      '--once',
      said({ en: 'run the whole main job, print a summary and exit', zh: '运行整个主要任务，打印摘要后退出' }),
    )
    .action(async (given: { data?: string; port: number; once?: boolean }) =>
      (demo ?? (() => owned('demo')))({ ...given, once: given.once === true, json: isJson() }),
    );
  command('doctor', {
    en: 'what is missing, wrong or unreachable, with the next step',
    zh: '检查缺少什么、什么有误、什么无法连接，并给出下一步',
  })
    .addOption(new Option('--store', 'what the store of a running Kith tells').hideHelp())
    .action(async (given: { store?: boolean }) => {
      if (given.store === true && options.examineStore !== undefined)
        return terminal.out(`${JSON.stringify(await options.examineStore())}\n`);
      const found = await options.doctor();
      const ok = found.every(({ state }) => state !== 'problem');
      const findings = found.map(({ state, what, next }) => ({
        state,
        what: said(what),
        next: next === null ? '' : said(next),
      }));
      if (isJson()) terminal.out(`${JSON.stringify({ ok, findings })}\n`);
      else
        for (const { state, what, next } of findings)
          terminal.out(`${MARKS[state]} ${what}${next === '' ? '' : `\n    → ${next}`}\n`);
      if (!ok) throw new KithError('config', MENDABLE);
    });
  command('tenants', {
    en: 'the companies that this Kith serves, and by which process',
    zh: '此 Kith 服务的公司，以及由哪个进程服务',
  }).action(() => {
    const tenants = options.tenants();
    if (isJson()) return terminal.out(`${JSON.stringify({ tenants })}\n`);
    if (tenants.length === 0) terminal.out(`${said(NO_TENANTS)}\n`);
    for (const { name, shard, isOwn, problem } of tenants) {
      const shardText = { en: `shard ${shard}`, zh: `分片 ${shard}` };
      const where = problem === '' ? `${said(shardText)}${isOwn ? said(OWN) : ''}` : problem;
      terminal.out(`${problem === '' ? MARKS.ok : MARKS.problem} ${name}: ${where}\n`);
    }
  });
  command('manifest', {
    en: "the Slack app's manifest, to paste at api.slack.com/apps",
    zh: 'Slack 应用的清单，用于粘贴到 api.slack.com/apps',
  })
    .option('--socket', said({ en: 'Slack is reached from inside (the default)', zh: '从内部连接 Slack（默认）' }))
    .option('--http', said({ en: 'Slack calls this Kith', zh: '由 Slack 调用此 Kith' }))
    .option(
      '--oauth',
      said({
        en: 'Kith is added from its own page: with its redirect URL, which --http has in any case',
        zh: '从 Kith 自己的网页添加：带重定向网址，--http 总是带有它',
      }),
    )
    .action(async (given: { http?: boolean; oauth?: boolean }) =>
      terminal.out(await options.manifest(given.http === true ? 'http' : 'socket', { oauth: given.oauth === true })),
    );
}

const NO_TENANTS: Text = {
  en: 'none: this Kith serves one company, or the folder KITH_TENANTS_DIR is empty',
  zh: '无：此 Kith 只服务一家公司，或文件夹 KITH_TENANTS_DIR 为空',
};
const OWN: Text = { en: ', this process', zh: '，即本进程' };

function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new KithError('usage', {
      en: `'${text}' is not a port; use a whole number up to 65535`,
      zh: `'${text}' 不是端口；请使用不超过 65535 的整数`,
    });
  return value;
}
