import { z } from 'zod';
import type { FindingRecord, FindingState } from '../../src/ledger/findings.ts';
import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import { formatDay } from '../../src/report/format.ts';
import type { Report } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';

const valueSchema = z.tuple([z.string().min(1), z.string().min(1)]);

/** A finding that was told, and what the clicker may call it. */
export interface ToldFinding {
  readonly finding: FindingRecord;
  /** The customer that it is about, as the clicker may read it; '' where it is about none. */
  readonly name: string;
}

/**
 * The finding that a button was put beside. The click is authorised anew: a customer that the clicker may not see is not theirs to
 * judge. Throws KithError('usage') when nothing of the kind was told, 'not-allowed' when it may not be seen.
 */
export async function readToldFinding(context: CommandContext, value: string): Promise<ToldFinding> {
  const { language, findings, reader } = context;
  const [digest, key] = parsed(value) ?? ['', ''];
  const finding = digest === '' ? undefined : (await findings.of(digest)).find((one) => one.key === key);
  if (finding === undefined) {
    throw new KithError(
      'usage',
      say(language, {
        en: 'This button belongs to something that Kith no longer keeps: the next digest has what holds now',
        zh: '这个按钮所属的内容已不再保留：请以下一期摘要为准',
      }),
    );
  }
  if (finding.customerId === '') return { finding, name: '' };
  const portfolio = await reader.result('portfolio');
  const card = portfolio === null ? null : await reader.customer(portfolio.run, finding.customerId);
  if (card === null) {
    throw new KithError(
      'not-allowed',
      say(language, {
        en: 'This is about a customer that you may not see, so nothing was changed',
        zh: '您无权查看该客户，因此未作更改',
      }),
    );
  }
  return { finding, name: card.name };
}

function parsed(value: string): readonly [string, string] | null {
  try {
    return valueSchema.parse(JSON.parse(value));
  } catch {
    return null;
  }
}

/** Keeps what somebody decided about a finding, once: a second click of the same person changes nothing. */
export async function judge(
  { findings, reader }: CommandContext,
  { finding }: ToldFinding,
  change: { readonly state: FindingState; readonly snoozedUntil?: number },
): Promise<void> {
  const { userId } = reader.viewer;
  const isSame =
    finding.state === change.state && finding.actor === userId && finding.snoozedUntil === change.snoozedUntil;
  if (isSame) return;
  await findings.record(finding.digest, [finding], { ...change, actor: userId, note: 'button' });
}

/** What was decided, with whom the finding is already: two people often see the same line. */
export function judged(
  { language, timeZone, reader }: CommandContext,
  { finding, name }: ToldFinding,
  headline: { readonly en: string; readonly zh: string },
): Report {
  const isAnothers = finding.state === 'acknowledged' && finding.actor !== reader.viewer.userId;
  const about = name === '' ? '' : `${name}${language === 'zh' ? '：' : ': '}`;
  return {
    language,
    headline: `${about}${say(language, headline)}`,
    parts: isAnothers
      ? [
          {
            kind: 'text',
            text: say(language, {
              en: `A colleague said on ${formatDay('en', finding.at, timeZone)} that they look after this: talk to each other.`,
              zh: `${formatDay('zh', finding.at, timeZone)} 已有同事表示在跟进：请先互相沟通。`,
            }),
          },
        ]
      : [],
    trust: '',
  };
}
