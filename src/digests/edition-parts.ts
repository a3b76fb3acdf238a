import type { Run } from '../domain/results.ts';
import { KithError } from '../lib/errors.ts';
import { type Language, say } from '../lib/text.ts';
import type { ReportPart } from '../report/report.ts';
import type { Digest, DigestContext } from './digest.ts';

/** The newest result of an analysis. Throws KithError('no-results') before the first. */
export async function needResult(
  context: Pick<DigestContext, 'reader'>,
  analysis: string,
): Promise<{ run: Run; summary: unknown }> {
  const result = await context.reader.result(analysis);
  if (result === null) {
    throw new KithError('no-results', {
      en: 'Nothing has been analysed yet, so there is nothing to post: run `kith analyse`',
      zh: '尚未进行分析，没有可发布的内容：请运行 `kith analyse`',
    });
  }
  return result;
}

/** What the first edition says about itself. */
export function introduction(language: Language, digest: Pick<Digest, 'title' | 'period'>): ReportPart {
  const title = say(language, digest.title);
  const text =
    digest.period === 'week'
      ? {
          en: `This is the first “${title}”. It comes once a week, and from now on tells only what changed. A week without a change is a week without a message.`,
          zh: `这是第一期“${title}”。以后每周一期，只报告变化；没有变化的一周不会发送消息。`,
        }
      : {
          en: `This is the first “${title}”. It comes on working days, and names a customer again only after 14 days, or when things get worse. A day without news is a day without a message.`,
          zh: `这是第一期“${title}”。每个工作日发送；同一位客户 14 天内不会重复出现，除非情况恶化。没有新情况的日子不会发送消息。`,
        };
  return { kind: 'text', text: say(language, text) };
}
