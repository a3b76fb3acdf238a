import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';

/** How many customers are listed. */
const LISTED = 5;

export interface ListHeading {
  readonly whole: Text;
  /** The first few of many. */
  readonly some: (shown: number, all: Readonly<Record<Language, string>>) => Text;
}

/** Why something is withheld, where it is; then the first few of what was found under a heading that tells how many there are. */
export function listedParts<Found>(
  { language, withheld }: Presentation,
  found: readonly Found[],
  heading: ListHeading,
  itemOf: (one: Found) => ReportPart,
): ReportPart[] {
  const reason: ReportPart[] = withheld === null ? [] : [{ kind: 'text', text: say(language, withheld) }];
  if (found.length === 0) return reason;
  const shown = found.slice(0, LISTED);
  const all = { en: formatCount('en', found.length), zh: formatCount('zh', found.length) };
  const text = found.length > shown.length ? heading.some(shown.length, all) : heading.whole;
  return [{ kind: 'heading', text: say(language, text) }, ...reason, ...shown.map(itemOf)];
}
