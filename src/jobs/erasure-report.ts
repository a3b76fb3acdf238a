import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatInstant } from '../report/format.ts';
import type { Report } from '../report/report.ts';
import type { ModelThatSaw } from './erasure-traces.ts';
import type { WithdrawnMessages } from './withdraw-messages.ts';

export interface ErasureReceipt {
  readonly contactIds: readonly string[];
  /** Rows removed, or that would be, by table. */
  readonly removed: Readonly<Record<string, number>>;
  /** Decisions that named the person: a tier that they were given, a segment's name, a playbook's text. */
  readonly decisions: number;
  readonly messages: WithdrawnMessages;
  /** What was fitted on data that held the person; the next run of all analyses uses none of it. */
  readonly models: readonly ModelThatSaw[];
  readonly erasedAt: string;
  /** What this does not reach. */
  readonly remains: readonly Text[];
}

/** The receipt of an erasure, as the operators' channel gets it: counts and runs, and nothing of the person. */
export function erasureReport(
  { contactIds, removed, decisions, messages, models, erasedAt, remains }: ErasureReceipt,
  language: Language,
  timeZone: string,
): Report {
  const people = contactIds.length;
  const count = (number: number): string => formatCount(language, number);
  const rows = Object.values(removed).reduce((sum, number) => sum + number, 0);
  const analyses = new Set(models.flatMap((model) => model.analyses)).size;
  return {
    language,
    headline: say(language, {
      en: `${count(people)} ${people === 1 ? 'person was' : 'people were'} forgotten: ${count(rows)} rows removed`,
      zh: `已删除 ${count(people)} 人的数据：共清除 ${count(rows)} 行`,
    }),
    parts: [
      {
        kind: 'facts',
        facts: [
          {
            label: say(language, { en: 'Erased at', zh: '删除时间' }),
            value: formatInstant(language, Date.parse(erasedAt), timeZone),
          },
          {
            label: say(language, { en: 'Decisions that named them', zh: '涉及其的人工设置' }),
            value: count(decisions),
          },
          {
            label: say(language, { en: 'Messages being taken back', zh: '正在撤回的消息' }),
            value: count(messages.takenBack),
          },
          {
            label: say(language, { en: 'Messages not sent, or sent without them', zh: '未发送或已去除其信息的消息' }),
            value: count(messages.dropped + messages.rewritten),
          },
          {
            label: say(language, { en: 'Models that had seen them', zh: '曾使用其数据的模型' }),
            value:
              models.length === 0
                ? say(language, { en: 'none', zh: '无' })
                : say(language, {
                    en: `${count(analyses)} analyses in ${count(models.length)} runs; they are fitted again with the next run`,
                    zh: `${count(models.length)} 次运行中的 ${count(analyses)} 项分析；下次运行时重新拟合`,
                  }),
          },
        ],
      },
      ...(models.length === 0
        ? []
        : [
            {
              kind: 'text' as const,
              text: `${say(language, { en: 'Runs: ', zh: '运行：' })}${models
                .slice(-MOST_RUNS)
                .map(({ run, asOf }) => `${run} (${asOf.slice(0, 10)})`)
                .join(', ')}`,
            },
          ]),
      {
        kind: 'text',
        text: say(language, {
          en: `Not reached: ${remains.map(({ en }) => en).join('; ')}`,
          zh: `未能处理：${remains.map(({ zh }) => zh).join('；')}`,
        }),
      },
    ],
    trust: '',
  };
}

const MOST_RUNS = 10;
