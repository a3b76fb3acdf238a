import type { Instant } from '../domain/crm.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { StoredReport } from '../ledger/report-schema.ts';
import { periodOf } from './period.ts';

/** Messages looked through for who was mentioned on a day. */
const LOOK_BACK = 500;

/** The owners whom what was sent on a day mentioned, whatever kind of message it was: one mention a day is enough. */
export async function mentionedOn(
  outbox: Pick<Outbox, 'recent'>,
  now: Instant,
  timeZone: string,
): Promise<Set<string>> {
  const today = periodOf('day', now, timeZone);
  const owners = new Set<string>();
  for (const { state, changedAt, report } of await outbox.recent(LOOK_BACK)) {
    if (state !== 'sent' && state !== 'uncertain') continue;
    if (periodOf('day', changedAt, timeZone) !== today) continue;
    for (const id of mentionsOf(report)) owners.add(id);
  }
  return owners;
}

export function mentionsOf(report: StoredReport): string[] {
  return report.parts.flatMap((part) => (part.kind === 'item' && part.owner?.mention === true ? [part.owner.id] : []));
}

/** The same report with the owners of `mentioned` called by their names only. */
export function withoutRepeatedMentions(report: StoredReport, mentioned: ReadonlySet<string>): StoredReport {
  if (!mentionsOf(report).some((id) => mentioned.has(id))) return report;
  return {
    ...report,
    parts: report.parts.map((part) =>
      part.kind === 'item' && part.owner?.mention === true && mentioned.has(part.owner.id)
        ? { ...part, owner: { ...part.owner, mention: false } }
        : part,
    ),
  };
}
