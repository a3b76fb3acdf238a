import type { Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** Who changed a setting last, and when. */
export interface SettingsChange {
  readonly actor: string;
  readonly at: Instant;
}

/** The act under which the audit keeps changes of settings; its subject is the setting's key. */
export const CHANGED_SETTINGS = 'changed-settings';

/** The last change of each setting, by its key. */
export async function settingsChanges(portal: PortalStore): Promise<ReadonlyMap<string, SettingsChange>> {
  const rows = await portal.query<{ subject: string; who: string; at: string }>(
    `SELECT subject, argMax(actor, seq) AS who, toUnixTimestamp64Milli(max(at)) AS at
     FROM {db:Identifier}.audit WHERE act = {act:String} GROUP BY subject`,
    { act: CHANGED_SETTINGS },
  );
  return new Map(rows.map(({ subject, who, at }) => [subject, { actor: who, at: Number(at) }]));
}
