import type { PresentedRow } from '../../src/analyses/analysis.ts';
import { health } from '../../src/analyses/health.ts';
import { type HealthFinding, healthSummarySchema } from '../../src/analyses/health-summary.ts';
import type { Run } from '../../src/domain/results.ts';
import type { Text } from '../../src/lib/text.ts';
import type { NamedRecord } from '../../src/privacy/privacy-reader.ts';
import type { Report } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';
import { needResult } from './need-result.ts';

/** Groups of contacts that a finding names. */
const GROUPS = 3;

/** `/kith health`: the newest findings, with examples as the viewer may see them. */
export async function healthReport(context: CommandContext): Promise<Report> {
  const { language } = context;
  const { run, summary } = await needResult(context, health.name);
  const rows: PresentedRow[] = [];
  let withheld: Text | null = null;
  for (const finding of healthSummarySchema.parse(summary).findings) {
    const found = await examplesOf(context, run, finding);
    rows.push(...found.groups.flatMap((group, n) => group.map((record) => asRow(finding, record, n))));
    withheld ??= found.withheld;
  }
  return health.present(summary, { language, run, rows, withheld, filter: '' });
}

interface Examples {
  readonly groups: readonly (readonly NamedRecord[])[];
  readonly withheld: Text | null;
}

async function examplesOf({ reader }: CommandContext, run: Run, { kind, examples }: HealthFinding): Promise<Examples> {
  if (kind === 'same_email') return reader.sharers('email', GROUPS);
  if (kind === 'same_phone') return reader.sharers('phone', GROUPS);
  if (examples.length === 0) return { groups: [], withheld: null };
  const type = kind === 'same_company' ? 'companies' : 'deals';
  const { records, withheld } = await reader.records(run, type, examples.flat());
  const byId = new Map(records.map((record) => [record.id, record]));
  const groups = examples.map((ids) => ids.flatMap((id) => byId.get(id) ?? []));
  // Of two records that look alike, one alone tells nothing.
  return { groups: groups.filter((group) => group.length > (type === 'companies' ? 1 : 0)), withheld };
}

function asRow({ kind }: HealthFinding, { type, id, name, link, owner }: NamedRecord, group: number): PresentedRow {
  const score = { value: null, label: kind, band: '', evidence: 0, details: { group } } as const;
  return { customerId: `${type}/${id}`, ...score, name, link, owner };
}
