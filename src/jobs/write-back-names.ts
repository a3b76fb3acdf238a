import type { RegisteredAnalysis } from '../analyses/analysis.ts';
import { groupBy } from '../lib/group-by.ts';
import type { Text } from '../lib/text.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';

/** What the customers of a write-back are called, for one viewer. */
export interface CustomerNames {
  /** Null for a customer whose value of that property the viewer may not see. */
  of(customerId: string, property: string): string | null;
  /** Why customers are missing; null when none are. */
  readonly withheld: Text | null;
}

/** A property's values are the rows of its analysis: who may see the one may see the other. */
export async function readCustomerNames(
  reader: PrivacyReader,
  analyses: readonly RegisteredAnalysis[],
  wanted: readonly { readonly id: string; readonly property: string }[],
): Promise<CustomerNames> {
  const analysisOf = (property: string): string =>
    (analyses.find(({ properties }) => properties.some(({ name }) => name === property)) ?? analyses[0])?.name ?? '';
  const names = new Map<string, string>();
  let withheld: Text | null = null;
  for (const [analysis, ofAnalysis] of groupBy(wanted, ({ property }) => analysisOf(property))) {
    const result = await reader.result(analysis);
    if (result === null) continue;
    const customerIds = [...new Set(ofAnalysis.map(({ id }) => id))];
    const found = await reader.rows(result.run, analysis, { customerIds });
    withheld ??= found.withheld;
    for (const { customerId, name } of found.rows) names.set(`${analysis}\n${customerId}`, name);
  }
  return { of: (id, property) => names.get(`${analysisOf(property)}\n${id}`) ?? null, withheld };
}
