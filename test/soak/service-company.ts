import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoState, demoWorkspace, GENERAL } from '../../demo/workspace.ts';
import { commandListings } from '../../src/app.ts';
import { type PortalState, portalStateSchema } from '../../src/state/portal-state.ts';

/** HubSpot's own limits would make the first copy of a few thousand customers take minutes. */
const LIMITS = { perTenSeconds: 100_000, searchPerSecond: 1_000, daily: 100_000_000 };
const TOKEN = 'pat-soak';
const SECRET = 'soak-client-secret';
const PUBLIC_URL = 'https://kith.example';
/** What the stand-in Slack remembers: what people still look at. */
const KEPT_MESSAGES = 3_000;
/** Every how many minutes all analyses run. */
export const ANALYSIS_MINUTES = 2;

export interface Company {
  readonly hubspot: StandInHubspot;
  readonly slack: StandInSlack;
  readonly people: readonly string[];
  /** The people who read Chinese. */
  readonly chinese: ReadonlySet<string>;
  /** Where answers are the asker's alone. */
  readonly talk: readonly string[];
  /** Where they are everybody's. */
  readonly departments: readonly string[];
  /** Of `kith start`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Webhooks go to this port from now on. */
  listenAt(port: number): void;
  close(): Promise<void>;
}

/**
 * A made-up company with its HubSpot and its Slack, and a data folder in which somebody has set tight schedules: the fast copy every
 * minute, the safe one every two, all analyses every two, links every five, a comparison of all ids every ten, and a copy of a digest
 * for every third person at the next quarters of an hour.
 */
export async function openCompany(options: {
  readonly folder: string;
  readonly seed: number;
  readonly customers: number;
  readonly people: number;
  readonly port: number;
  readonly now: number;
}): Promise<Company> {
  const { folder, seed, customers, port, now } = options;
  const { portal } = generatePortal({ seed, companies: customers, asOf: now });
  const hubspot = await startStandInHubspot({ portal, token: TOKEN, limits: LIMITS });
  const made = demoWorkspace('Acme', portal.owners, commandListings);
  const more = Array.from({ length: Math.max(0, options.people - made.users.length) }, (_, i) => ({
    id: `U1${String(i).padStart(3, '0')}`,
    name: `p${i}`,
    realName: `Person ${i}`,
    email: `p${i}@kith.example`,
    role: '',
    tz: i % 3 === 0 ? 'Asia/Shanghai' : 'Europe/Berlin',
    locale: i % 3 === 0 ? 'zh-CN' : 'en-GB',
  }));
  const users = [...made.users, ...more];
  const members = users.map(({ id }) => id);
  const talk = [GENERAL, 'C06PROJECTA', 'C07PROJECTB', 'C08OFFICE'];
  const extra = talk
    .slice(1)
    .map((id) => ({ id, name: id.toLowerCase(), purpose: '', members: [], isExtShared: false }));
  const channels = [...made.channels, ...extra].map((channel) => ({ ...channel, members }));
  const slack = await startStandInSlack({ workspace: { ...made, users, channels }, keeps: KEPT_MESSAGES });

  const dataDir = join(folder, 'data');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const state = demoState(portalStateSchema.parse({}));
  const id = String(portal.account.portalId);
  const owners = portal.owners.map((owner) => owner.id);
  const decided = tightened(state, members, owners, portal.account.timeZone, now);
  await writeFile(join(dataDir, 'state.json'), JSON.stringify({ version: 1, portals: { [id]: decided } }));
  return {
    hubspot,
    slack,
    people: members,
    chinese: new Set(users.flatMap((user) => (user.locale === 'zh-CN' ? [user.id] : []))),
    talk,
    departments: Object.values(CHANNELS),
    environment: {
      KITH_DATA_DIR: dataDir,
      HUBSPOT_BASE_URL: hubspot.url,
      HUBSPOT_ACCESS_TOKEN: TOKEN,
      HUBSPOT_CLIENT_SECRET: SECRET,
      KITH_PUBLIC_URL: PUBLIC_URL,
      KITH_ENGAGEMENTS: 'on',
      KITH_HTTP_PORT: String(port),
      KITH_LOG_LEVEL: 'info',
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
    },
    listenAt(at) {
      const path = '/hubspot/webhooks';
      hubspot.webhooks.subscribe({
        url: `http://127.0.0.1:${at}${path}`,
        secret: SECRET,
        publicUrl: `${PUBLIC_URL}${path}`,
      });
    },
    async close() {
      await slack.close();
      await hubspot.close();
    },
  };
}

function tightened(
  state: PortalState,
  people: readonly string[],
  owners: readonly string[],
  timeZone: string,
  now: number,
): PortalState {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const digests = ['sales', 'marketing', 'service', 'finance'];
  const readers = people.filter((_, place) => place % 3 === 0);
  return {
    ...state,
    // Everybody may look at all customers and has some of their own, so that nobody is refused what others are shown.
    people: Object.fromEntries(
      people.map((id, place) => [
        id,
        {
          role: state.people[id]?.role === 'admin' ? ('admin' as const) : ('manager' as const),
          department: state.people[id]?.department ?? null,
          language: null,
          ownerIds: [owners[place % owners.length]!],
        },
      ]),
    ),
    schedules: {
      ...state.schedules,
      syncFast: '* * * * *',
      sync: '*/2 * * * *',
      sweep: '*/5 * * * *',
      reconcile: '*/10 * * * *',
      analyse: `*/${ANALYSIS_MINUTES} * * * *`,
      salesList: '*/3 * * * *',
      marketingDigest: '*/3 * * * *',
      serviceDigest: '*/3 * * * *',
      financeDigest: '*/3 * * * *',
      playbooks: '*/5 * * * *',
    },
    subscriptions: readers.map((userId, place) => ({
      id: `soak-${place}`,
      userId,
      digest: digests[place % digests.length]!,
      days: 'daily' as const,
      // Spread over the next forty minutes.
      time: time.format(now + ((place % 40) + 1) * 60_000),
      timeZone,
      language: place % 2 === 0 ? ('en' as const) : ('zh' as const),
      isPaused: false,
      ownerIds: [],
      since: now,
    })),
  };
}
