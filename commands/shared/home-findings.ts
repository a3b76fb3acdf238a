import { say, type Text } from '../../src/lib/text.ts';
import type { HomeFacts } from '../../src/ports/home-facts.ts';
import { formatDay } from '../../src/report/format.ts';
import type { ReportAction, ReportPart } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';
import type { NewestRisk } from './home-customers.ts';
import { digestTitle } from './subscription-words.ts';

const LISTED = 5;

/** What the viewer said that they look after, and what they put off; customers whom they may not see any more are left out. */
export async function homeFindings(
  context: CommandContext,
  newest: NewestRisk,
  findings: HomeFacts['findings'],
): Promise<readonly ReportPart[]> {
  const { language, reader } = context;
  const heading: ReportPart = { kind: 'heading', text: say(language, { en: 'My findings', zh: '我的跟进' }) };
  const customerIds = [...new Set(findings.flatMap(({ customerId }) => (customerId === '' ? [] : [customerId])))];
  const { rows } =
    customerIds.length === 0 ? { rows: [] } : await reader.rows(newest.run, 'churn-risk', { customerIds });
  const known = new Map(rows.map((row) => [row.customerId, row]));
  const visible = findings.filter(({ customerId }) => customerId === '' || known.has(customerId)).slice(0, LISTED);
  if (visible.length === 0) {
    const text = say(language, {
      en: 'Nothing yet: “On it” and “Snooze…” under a digest put it here.',
      zh: '暂无：点击摘要中的“我来跟进”或“稍后提醒…”后会列在此处。',
    });
    return [heading, { kind: 'text', text }];
  }
  return [heading, ...visible.map((finding) => item(context, finding, known.get(finding.customerId)))];
}

function item(
  context: CommandContext,
  { book, key, customerId, state, at, until }: HomeFacts['findings'][number],
  row: { readonly name: string; readonly link: string } | undefined,
): ReportPart {
  const { language, timeZone } = context;
  const digest = digestTitle(context, book.split('@')[0] ?? book);
  const day = formatDay(language, until ?? at, timeZone);
  const text: Text =
    state === 'snoozed'
      ? { en: `Put off until ${day} · ${digest}`, zh: `已推迟到 ${day} · ${digest}` }
      : { en: `You are on it since ${day} · ${digest}`, zh: `自 ${day} 起由您跟进 · ${digest}` };
  const value = JSON.stringify([book, key]);
  const button = (action: string, label: Text): ReportAction => ({ action, label: say(language, label), value });
  return {
    kind: 'item',
    title: row?.name ?? digest,
    text: say(language, text),
    ...(row === undefined || row.link === '' ? {} : { link: row.link }),
    actions: [
      ...(customerId === ''
        ? []
        : [
            {
              action: 'why',
              label: say(language, { en: 'Why?', zh: '为什么？' }),
              value: `churn-risk:${customerId}`,
            },
          ]),
      ...(state === 'snoozed' ? [button('on-it', { en: 'On it', zh: '我来跟进' })] : []),
      button('snooze', { en: 'Snooze…', zh: '稍后提醒…' }),
      button('not-useful', { en: 'Not useful', zh: '没用' }),
    ],
  };
}
