import { z } from 'zod';
import { trustLine } from '../analyses/trust-line.ts';
import { type Finding, isWorthTelling } from '../ledger/findings.ts';
import { type Digest, type Edition, MAX_FINDINGS } from './digest.ts';
import { introduction } from './edition-parts.ts';
import { groupSchema, type Move, movesBetween } from './figures.ts';
import {
  groupChanges,
  groupTable,
  marketingActions,
  marketingHeadline,
  marketingOutcomes,
  segmentsChart,
} from './marketing-report.ts';
import { type BestRule, readFigures } from './read-figures.ts';

const memorySchema = z.object({
  segments: z.array(groupSchema),
  classes: z.array(groupSchema),
  /** '' when there was none. */
  rule: z.string(),
  /** The segments that the last edition named, with the change that it told. */
  told: z.array(z.object({ id: z.string(), customers: z.number() })),
});
type Memory = z.infer<typeof memorySchema>;

/** Segments, value classes and what goes together: how they moved since the last edition. No customer is named. */
export const marketing: Digest = {
  name: 'marketing',
  department: 'marketing',
  title: { en: 'Customer groups this week', zh: '本周客户分群' },
  schedule: 'marketingDigest',
  period: 'week',
  async build(context) {
    const memory = memorySchema.safeParse(context.memory).data ?? null;
    const figures = await readFigures(context.reader, context.language);
    const { run } = figures;
    const ruleKey = figures.rule === null ? '' : keyOf(figures.rule);
    const last = new Map(context.findings.map((finding) => [finding.key, finding]));
    const ruleFinding: Finding = { key: `rule:${ruleKey}`, customerId: '', band: '', money: null };
    const isRuleNew =
      ruleKey !== '' && ruleKey !== memory?.rule && isWorthTelling(ruleFinding, last.get(ruleFinding.key), context.now);
    const moves = memory === null ? [] : movesBetween(memory.segments, figures.segments);
    const classMoves = memory === null ? [] : movesBetween(memory.classes, figures.classes);
    if (memory !== null && moves.length === 0 && classMoves.length === 0 && !isRuleNew) return null;

    const told = moves
      .map((move) => ({ move, finding: findingOf(move) }))
      .filter(({ finding }) => isWorthTelling(finding, last.get(finding.key), context.now))
      .slice(0, isRuleNew ? MAX_FINDINGS - 1 : MAX_FINDINGS);
    const { language } = context;
    const { currency } = run.portfolio;
    return {
      report: {
        language,
        headline: marketingHeadline(language, currency, memory?.segments ?? null, figures.segments, moves),
        parts: [
          ...(memory === null
            ? [introduction(language, marketing), ...groupTable(language, currency, figures.segments, 'segment')]
            : groupChanges(
                language,
                currency,
                moves,
                { en: 'Segment', zh: '客户分群' },
                { en: 'Value so far', zh: '累计价值' },
              )),
          ...(memory === null
            ? groupTable(language, currency, figures.classes, 'class')
            : groupChanges(
                language,
                currency,
                classMoves,
                { en: 'Value class', zh: '价值等级' },
                { en: 'A year', zh: '每年' },
              )),
          ...marketingActions(
            language,
            currency,
            told,
            isRuleNew && figures.rule !== null ? { rule: figures.rule, finding: ruleFinding } : null,
          ),
          ...(memory === null ? [] : marketingOutcomes(language, memory, figures.segments)),
          { kind: 'chart', chart: segmentsChart(language, currency, figures.segments) },
        ],
        trust: trustLine(language, run, figures.evidence, figures.quality),
      },
      told: [...told.map(({ finding }) => finding), ...(isRuleNew ? [ruleFinding] : [])],
      resolved: [],
      memory: {
        segments: [...figures.segments],
        classes: [...figures.classes],
        rule: ruleKey,
        told: told.map(({ move }) => ({ id: move.group.id, customers: move.customers })),
      } satisfies Memory,
    } satisfies Edition;
  },
};

const keyOf = (rule: BestRule): string => JSON.stringify([rule.if, rule.then]);

// The band is the direction, so that a group which turns is news at once.
function findingOf(move: Move): Finding {
  return {
    key: `segment:${move.group.id}`,
    customerId: '',
    band: move.customers > 0 ? 'grew' : 'shrank',
    money: Math.abs(move.value).toFixed(2),
  };
}
