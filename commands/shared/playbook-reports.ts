import { presentOutcomes } from '../../src/analyses/playbook-outcome-report.ts';
import {
  type PlaybookPreview,
  type PlaybookReader,
  type PlaybookView,
  presentPlaybook,
  presentPlaybookPreview,
  presentPlaybookStarted,
  presentPlaybooks,
} from '../../src/analyses/playbook-report.ts';
import { trustLine } from '../../src/analyses/trust-line.ts';
import { KithError } from '../../src/lib/errors.ts';
import { nearest } from '../../src/lib/nearest.ts';
import { say } from '../../src/lib/text.ts';
import { formatCount, formatDay } from '../../src/report/format.ts';
import type { Report } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';
import { refusePlaybookChange } from './may-change-playbooks.ts';
import { needResult } from './need-result.ts';
import { canPress, previewButton } from './playbook-buttons.ts';
import { readChatUser, readDays, readHoldOut, readPlaybookText, readTarget } from './playbook-grammar.ts';
import { playbookMembers } from './playbook-members.ts';
import { quoted, suggestion } from './read-argument.ts';

const VERBS = [
  'list',
  'show',
  'set',
  'owner',
  'due',
  'hold-out',
  'reset',
  'start',
  'confirm',
  'stop',
  'who',
  'outcome',
];

/** `/kith playbook …`: every word after `playbook`. */
export async function playbookReport(context: CommandContext, text: string): Promise<Report> {
  const { language, playbooks } = context;
  const to = await readerOf(context);
  const [first = ''] = text.split(' ');
  const verb = ALIASES[first.toLowerCase()] ?? first.toLowerCase();
  const rest = text.slice(first.length).trim();
  if (verb === '' || (verb === 'list' && rest === '')) return presentPlaybooks(await playbooks.views(), to);
  if (!VERBS.includes(verb)) throw unknownVerb(context, text);
  if (verb === 'outcome' && rest === '')
    return presentOutcomes(await playbooks.outcomes(), { ...context, run: to.run });
  if (verb === 'confirm') return startPlaybookReport(context, rest);
  const found = readTarget(language, await playbooks.views(), rest);
  const { target } = found.view;
  switch (verb) {
    case 'outcome':
      return presentOutcomes(await playbooks.outcomes(target), { ...context, run: to.run });
    case 'start':
      return previewPlaybookReport(context, target);
    case 'stop':
      return stop(context, to, found.view);
    case 'who':
      return playbookMembers(context, found.view);
    case 'list':
    case 'show':
      return presentPlaybook(found.view, to);
    default:
      return change(context, to, verb, found.view, found.rest);
  }
}

const ALIASES: Readonly<Record<string, string>> = {
  列表: 'list',
  查看: 'show',
  设置: 'set',
  负责人: 'owner',
  期限: 'due',
  对照: 'hold-out',
  holdout: 'hold-out',
  重置: 'reset',
  执行: 'start',
  确认: 'confirm',
  停止: 'stop',
  名单: 'who',
  结果: 'outcome',
  outcomes: 'outcome',
};

async function readerOf(context: CommandContext): Promise<PlaybookReader> {
  // Refuses where nothing may be said at all, before anything is read.
  const { run } = await needResult(context, 'value');
  const { language, timeZone } = context;
  const press = canPress(context);
  return {
    language,
    timeZone,
    run,
    actionsOf: (view) => (press && view.running === null ? [previewButton(context, view)] : []),
  };
}

async function change(
  context: CommandContext,
  to: PlaybookReader,
  verb: string,
  view: PlaybookView,
  text: string,
): Promise<Report> {
  const { language, playbooks } = context;
  refusePlaybookChange(context);
  const changed = await playbooks.change(
    view.target,
    verb === 'set'
      ? { text: readPlaybookText(language, text) }
      : verb === 'owner'
        ? { owner: await readOwner(context, text) }
        : verb === 'due'
          ? { dueDays: readDays(language, text) }
          : verb === 'hold-out'
            ? { holdOut: readHoldOut(language, text) }
            : { text: null },
  );
  return presentPlaybook(changed, to, true);
}

async function readOwner(
  { language, reader }: CommandContext,
  text: string,
): Promise<{ kind: 'crm' | 'chat'; id: string }> {
  const user = readChatUser(text, reader.viewer.userId);
  if (user !== null) return { kind: 'chat', id: user };
  const found = await reader.findOwners(text);
  const [only] = found;
  if (only !== undefined && found.length === 1) return { kind: 'crm', id: only.id };
  const names = found.slice(0, 6).map(({ name }) => name);
  throw new KithError(
    'usage',
    say(language, {
      en:
        names.length === 0
          ? `No CRM owner is called “${quoted(text)}”: write a name or e-mail as the CRM has it, me, or @ and a Slack user id`
          : `“${quoted(text)}” may mean ${names.join(', ')}: write more of the name`,
      zh:
        names.length === 0
          ? `CRM 中没有名为“${quoted(text)}”的负责人：请输入 CRM 中的姓名或邮箱、“我”，或 @ 加 Slack 用户编号`
          : `“${quoted(text)}”可能指 ${names.join('、')}：请输入更完整的姓名`,
    }),
  );
}

async function stop(context: CommandContext, to: PlaybookReader, view: PlaybookView): Promise<Report> {
  const { language, timeZone, playbooks } = context;
  refusePlaybookChange(context);
  if (view.running === null) {
    throw new KithError(
      'usage',
      say(language, {
        en: `No playbook of ${view.name.en} is running: \`/kith playbook\` lists those that are`,
        zh: `${view.name.zh}没有正在执行的方案：可用 \`/kith playbook\` 查看`,
      }),
    );
  }
  const run = await playbooks.stop(view.target);
  const day = formatDay(language, run.outcomeAt, timeZone);
  return {
    language,
    headline: say(language, {
      en: `Stopped: “${run.text.en}” for ${run.name.en}`,
      zh: `已停止：${run.name.zh}“${run.text.zh}”`,
    }),
    parts: [
      {
        kind: 'text',
        text: say(language, {
          en: `Orders until now count. It would have been known on ${day}; stopped before, its outcome is no more than a hint and takes no part in comparisons.`,
          zh: `只统计到现在为止的订单。原定 ${day} 得知结果；提前停止后结果仅供参考，不参与比较。`,
        }),
      },
    ],
    trust: trustLine(language, to.run, 0, { en: `run ${run.id}`, zh: `编号 ${run.id}` }),
  };
}

/** What starting a target's playbook would mean, with the button that does it. */
export async function previewPlaybookReport(context: CommandContext, target: string): Promise<Report> {
  refusePlaybookChange(context);
  const to = await readerOf(context);
  return present(context, to, await context.playbooks.preview(target), false);
}

/** `TOKEN TARGET`, as a preview gave them: starts exactly that, or shows what has changed since. */
export async function startPlaybookReport(context: CommandContext, value: string): Promise<Report> {
  refusePlaybookChange(context);
  const to = await readerOf(context);
  const [token = ''] = value.split(' ');
  const { view } = readTarget(context.language, await context.playbooks.views(), value.slice(token.length).trim());
  const started = await context.playbooks.start(view.target, token);
  if (started.outcome === 'changed') return present(context, to, started.preview, true);
  return presentPlaybookStarted(started.run, to, started.outcome === 'started');
}

function present(context: CommandContext, to: PlaybookReader, preview: PlaybookPreview, changed: boolean): Report {
  const { language } = context;
  const [treated, heldOut] = [preview.treated, preview.heldOut].map((count) => formatCount(language, count));
  const button = {
    action: 'start-playbook',
    label: say(language, { en: 'Start it', zh: '开始执行' }),
    value: `${preview.token} ${preview.view.target}`,
    style: 'primary',
    confirm: {
      title: say(language, { en: 'Start this playbook?', zh: '开始执行此方案？' }),
      text: say(language, {
        en: `Treated: ${treated}; held out: ${heldOut}. Who is held out is drawn by chance and written down, for the comparison later.`,
        zh: `执行 ${treated} 位，对照 ${heldOut} 位。对照客户随机抽取并记录，供之后比较。`,
      }),
      yes: say(language, { en: 'Start it', zh: '开始执行' }),
      no: say(language, { en: 'Not now', zh: '暂不' }),
    },
  } as const;
  return presentPlaybookPreview(preview, to, {
    changed,
    button: canPress(context) && preview.treated > 0 ? button : null,
  });
}

function unknownVerb({ language }: CommandContext, text: string): KithError {
  const [word = ''] = text.split(' ');
  const hint = suggestion(language, nearest(word.toLowerCase(), VERBS), {
    en: `use ${VERBS.join(', ')}`,
    zh: `可用：${VERBS.join('、')}`,
  });
  return new KithError(
    'usage',
    say(language, {
      en: `\`/kith playbook ${quoted(text)}\` is not known: ${hint}`,
      zh: `无法识别 \`/kith playbook ${quoted(text)}\`：${hint}`,
    }),
  );
}
