import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { demoState, demoWorkspace } from '../../demo/workspace.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';
import { databaseName } from '../../src/store/database-name.ts';

const LIMITS = { perTenSeconds: 1_000_000, searchPerSecond: 1_000_000, daily: 10_000_000 };

export interface Tenant {
  readonly hubspot: StandInHubspot;
  readonly slack: StandInSlack;
  readonly database: string;
  close(): Promise<void>;
}

/**
 * A CRM and a chat of a tenant's own, its file in `folder`/tenants.d and what was decided in `folder`/data. Every customer has the
 * tenant's name in theirs. All portals have one id.
 */
export async function openTenant(
  folder: string,
  name: string,
  options: { readonly seed: number; readonly companies: number; readonly now: number },
): Promise<Tenant> {
  const { seed, companies, now } = options;
  const { portal } = generatePortal({ seed, companies, years: 2, asOf: now - 3_600_000 });
  const token = `pat-${name}`;
  const hubspot = await startStandInHubspot({ portal, token, limits: LIMITS, now: () => now, latencyMs: 0 });
  for (const [place, id] of hubspot.portal.ids('companies').entries())
    hubspot.portal.edit('companies', id, { name: `${name} Ltd ${place}` });
  const slack = await startStandInSlack({ workspace: demoWorkspace(name, portal.owners, []) });
  const settings = {
    HUBSPOT_BASE_URL: hubspot.url,
    HUBSPOT_ACCESS_TOKEN: token,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  await mkdir(join(folder, 'tenants.d'), { recursive: true });
  await writeFile(join(folder, 'tenants.d', `${name}.env`), `${lines.join('\n')}\n`);
  const empty = portalStateSchema.parse({});
  const schedules = Object.fromEntries(Object.keys(empty.schedules).map((key) => [key, '']));
  const id = String(portal.account.portalId);
  const own = join(folder, 'data', 'tenants', name);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const portals = { [id]: { ...demoState(empty), schedules } };
  await writeFile(join(own, 'state.json'), JSON.stringify({ version: 1, portals }));
  return {
    hubspot,
    slack,
    database: databaseName(id, name),
    async close() {
      await slack.close();
      await hubspot.close();
    },
  };
}
