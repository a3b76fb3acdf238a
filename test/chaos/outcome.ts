import type { StoreOutcome } from './store-outcome.ts';

/** What can be told of a world from outside. */
export interface Outcome {
  readonly store: StoreOutcome;
  /** Kith's properties on the CRM's records, with how often each was written. */
  readonly crm: readonly string[];
  readonly channels: Readonly<Record<string, readonly string[]>>;
}

/** A message that is flagged as uncertain may be there or not, and is told of; everything else is the same. */
export function differencesOf(expected: Outcome, found: Outcome, job: string): string[] {
  const differences: string[] = [];
  for (const [name, rows] of Object.entries(expected.store.tables)) {
    const other = found.store.tables[name];
    if (other !== rows) differences.push(`${job}: ${name} is ${other}, undisturbed ${rows}`);
  }
  if (!found.store.isAuditWhole) differences.push(`${job}: the audit log is broken`);
  const stray = found.crm.filter((line) => !expected.crm.includes(line));
  const missing = expected.crm.filter((line) => !found.crm.includes(line));
  if (stray.length + missing.length > 0)
    differences.push(`${job}: the CRM has ${stray.slice(0, 3).join(', ')} and lacks ${missing.slice(0, 3).join(', ')}`);

  const flagged = new Set(found.store.messages.filter(({ state }) => state === 'uncertain').map(({ key }) => key));
  const ours = new Map(found.store.messages.map((message) => [message.key, message]));
  for (const { key, state } of expected.store.messages) {
    const other = ours.get(key)?.state ?? 'lost';
    if (other !== state && other !== 'uncertain')
      differences.push(`${job}: message ${key} is ${other}, undisturbed ${state}`);
  }
  const known = new Set(expected.store.messages.map(({ key }) => key));
  const told = found.store.messages.filter(({ key }) => !known.has(key));
  for (const { key, kind } of told)
    if (kind !== 'undelivered') differences.push(`${job}: message ${key} is said besides`);
  for (const [channel, texts] of Object.entries(expected.channels)) {
    const said = found.channels[channel] ?? [];
    const extra = said.length - said.filter((text) => texts.includes(text)).length;
    if (extra > told.length) differences.push(`${job}: ${channel} has ${extra} messages that nobody expected`);
    for (const text of new Set(texts)) {
      const [wanted, there] = [texts, said].map((list) => list.filter((one) => one === text).length) as [
        number,
        number,
      ];
      if (there > wanted) differences.push(`${job}: ${channel} has "${text.slice(0, 60)}" ${there} times`);
      if (wanted - there > flagged.size) differences.push(`${job}: ${channel} lacks "${text.slice(0, 60)}"`);
    }
  }
  return differences;
}
