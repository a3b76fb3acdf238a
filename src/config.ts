import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { KithError } from './lib/errors.ts';
import { LOG_LEVELS } from './lib/logger.ts';
import { LANGUAGES } from './lib/text.ts';
import { parseShard, type Shard } from './shard.ts';

/** One environment variable: what it means, in `.env.example`'s words. */
export interface Setting {
  readonly name: string;
  readonly group: string;
  readonly description: string;
  readonly secret: boolean;
}

const text = z.string().trim();
const flag = z.enum(['on', 'off']).default('off');

const schema = z.object({
  HUBSPOT_ACCESS_TOKEN: text.optional(),
  HUBSPOT_CLIENT_ID: text.optional(),
  HUBSPOT_CLIENT_SECRET: text.optional(),
  HUBSPOT_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.hubapi.com'),
  KITH_ENGAGEMENTS: flag,
  SLACK_CLIENT_ID: text.optional(),
  SLACK_CLIENT_SECRET: text.optional(),
  SLACK_BOT_TOKEN: text.startsWith('xoxb-', 'must start with xoxb-').optional(),
  SLACK_APP_TOKEN: text.startsWith('xapp-', 'must start with xapp-').optional(),
  SLACK_SIGNING_SECRET: text.optional(),
  SLACK_MODE: z.enum(['socket', 'http']).default('socket'),
  SLACK_API_URL: z.url({ protocol: /^https?$/ }).default('https://slack.com/api/'),
  KITH_HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  KITH_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  KITH_DATA_DIR: text.default('./data'),
  KITH_IDENTITY_KEYS: text.optional(),
  KITH_BACKUP_DIR: text.optional(),
  CLICKHOUSE_URL: z.url({ protocol: /^https?$/ }).optional(),
  KITH_ENGINE_MEMORY_MB: z.coerce.number().int().min(256).max(16_777_216).optional(),
  KITH_PORTAL: text.optional(),
  KITH_TENANTS_DIR: text.optional(),
  KITH_TENANT: text.optional(),
  KITH_SHARD: text.optional(),
  KITH_SYNC_LAG_MINUTES: z.coerce.number().int().min(0).max(1440).default(60),
  KITH_HORIZON_DAYS: z.coerce.number().int().min(7).max(730).optional(),
  KITH_LANGUAGE: z.enum(LANGUAGES).default('en'),
  KITH_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
});

/** Every setting, in the order of `.env.example`. */
export const SETTINGS: readonly (Setting & { readonly name: keyof typeof schema.shape })[] = [
  {
    name: 'HUBSPOT_ACCESS_TOKEN',
    group: 'HubSpot',
    description:
      "The token of a HubSpot service key, project app or private app (Settings → Integrations). 'kith start' and 'kith sync' need this or HUBSPOT_CLIENT_ID.",
    secret: true,
  },
  {
    name: 'HUBSPOT_CLIENT_ID',
    group: 'HubSpot',
    description:
      "The client id of an app of yours in HubSpot, to connect by OAuth in place of a token: 'kith connect hubspot'. Needs HUBSPOT_CLIENT_SECRET, and no HUBSPOT_ACCESS_TOKEN beside it.",
    secret: false,
  },
  {
    name: 'HUBSPOT_CLIENT_SECRET',
    group: 'HubSpot',
    description:
      "The app's client secret: for OAuth, and what HubSpot signs its webhooks with. With KITH_PUBLIC_URL, changes are followed within a minute: subscribe the app to events at KITH_PUBLIC_URL/hubspot/webhooks.",
    secret: true,
  },
  { name: 'HUBSPOT_BASE_URL', group: 'HubSpot', description: "Where HubSpot's API is.", secret: false },
  {
    name: 'KITH_ENGAGEMENTS',
    group: 'HubSpot',
    description:
      'on: also copy calls, meetings, e-mails and feedback (dates and outcomes, never their text). Needs their scopes.',
    secret: false,
  },
  {
    name: 'SLACK_BOT_TOKEN',
    group: 'Slack',
    description: "The app's bot token. 'kith start' needs this or SLACK_CLIENT_ID.",
    secret: true,
  },
  {
    name: 'SLACK_CLIENT_ID',
    group: 'Slack',
    description:
      "The app's client id, to add Kith by OAuth in place of a bot token: at KITH_PUBLIC_URL/slack/install, or 'kith connect slack'. Needs SLACK_CLIENT_SECRET and KITH_PUBLIC_URL, and no SLACK_BOT_TOKEN beside it.",
    secret: false,
  },
  {
    name: 'SLACK_CLIENT_SECRET',
    group: 'Slack',
    description: "The app's client secret, for OAuth.",
    secret: true,
  },
  {
    name: 'SLACK_APP_TOKEN',
    group: 'Slack',
    description: 'The app-level token with connections:write; needed in socket mode.',
    secret: true,
  },
  {
    name: 'SLACK_SIGNING_SECRET',
    group: 'Slack',
    description: "The app's signing secret; needed in http mode.",
    secret: true,
  },
  {
    name: 'SLACK_MODE',
    group: 'Slack',
    description: 'socket: Slack is reached from inside, no public address needed. http: Slack calls KITH_HTTP_PORT.',
    secret: false,
  },
  { name: 'SLACK_API_URL', group: 'Slack', description: "Where Slack's Web API is.", secret: false },
  {
    name: 'KITH_HTTP_PORT',
    group: 'Kith',
    description: 'The one port that Kith listens on (health; Slack in http mode). 0 picks a free one.',
    secret: false,
  },
  {
    name: 'KITH_PUBLIC_URL',
    group: 'Kith',
    description:
      'The address under which HubSpot and Slack reach KITH_HTTP_PORT, such as https://kith.example.com; needed for webhooks, for OAuth at Slack, and for OAuth at HubSpot unless the browser is on this machine.',
    secret: false,
  },
  { name: 'KITH_DATA_DIR', group: 'Kith', description: 'The folder that holds everything Kith keeps.', secret: false },
  {
    name: 'KITH_IDENTITY_KEYS',
    group: 'Kith',
    description:
      'Keys that encrypt contacts\' names, e-mails and phones: "id:base64" of 32 bytes, comma-separated, the current one first. Without it a key is made and kept in KITH_DATA_DIR/identity.key.',
    secret: true,
  },
  {
    name: 'KITH_BACKUP_DIR',
    group: 'Kith',
    description:
      'A folder, best on another disk, that gets a backup every night while Kith runs; the newest 14 are kept. The identity key is not in them.',
    secret: false,
  },
  {
    name: 'CLICKHOUSE_URL',
    group: 'Kith',
    description: 'A ClickHouse server or cluster to keep the data in, instead of the engine inside Kith.',
    secret: true,
  },
  {
    name: 'KITH_ENGINE_MEMORY_MB',
    group: 'Kith',
    description:
      'Memory in MB that the engine inside Kith may take for its questions; half of what the machine or the container has when absent. Sorting, grouping and joining go on in files of KITH_DATA_DIR from a quarter of it on.',
    secret: false,
  },
  {
    name: 'KITH_PORTAL',
    group: 'Kith',
    description: 'Which portal the command line means when the data folder holds several.',
    secret: false,
  },
  {
    name: 'KITH_TENANTS_DIR',
    group: 'Kith',
    description:
      'A folder with a file NAME.env for each of several companies, with the tokens of its HubSpot and its Slack: one Kith serves them all and keeps their data apart.',
    secret: false,
  },
  {
    name: 'KITH_TENANT',
    group: 'Kith',
    description: 'Which of the companies in KITH_TENANTS_DIR the command line means.',
    secret: false,
  },
  {
    name: 'KITH_SHARD',
    group: 'Kith',
    description:
      'INDEX/COUNT, such as 0/3 for the first of three: the companies in KITH_TENANTS_DIR are shared out among so many processes, and this one serves its own.',
    secret: false,
  },
  {
    name: 'KITH_SYNC_LAG_MINUTES',
    group: 'Kith',
    description:
      "Minutes that HubSpot's search may be behind its records: changes younger than that are read again until they are older.",
    secret: false,
  },
  {
    name: 'KITH_HORIZON_DAYS',
    group: 'Kith',
    description: 'The horizon H of "will they order in the next H days"; found from the data when absent.',
    secret: false,
  },
  { name: 'KITH_LANGUAGE', group: 'Kith', description: 'Language of the command line: en or zh.', secret: false },
  { name: 'KITH_LOG_LEVEL', group: 'Kith', description: 'debug, info, warn, error or silent.', secret: false },
];

/** Everything that the environment decides, checked and frozen. */
export interface Config {
  readonly hubspot: {
    /** Never beside `clientId`. */
    readonly accessToken: string | null;
    /** Never without `clientSecret`. */
    readonly clientId: string | null;
    readonly clientSecret: string | null;
    readonly baseUrl: string;
    readonly engagements: boolean;
  };
  readonly slack: {
    /** Never beside `clientId`. */
    readonly botToken: string | null;
    /** Never without `clientSecret` and a public address. */
    readonly clientId: string | null;
    readonly clientSecret: string | null;
    readonly appToken: string | null;
    readonly signingSecret: string | null;
    readonly mode: 'socket' | 'http';
    readonly apiUrl: string;
  };
  readonly httpPort: number;
  /** Without a slash at the end; null while nothing calls Kith. */
  readonly publicUrl: string | null;
  /** Absolute: keys, settings, locks; of one tenant's where there are several. */
  readonly dataDir: string;
  /** Absolute: where the embedded engine keeps every tenant's tables; null for a Kith of one company: its data folder. */
  readonly sharedEngineDir: string | null;
  /** Null for a Kith of one company. */
  readonly tenant: string | null;
  /** Absolute; null for a Kith of one company, and in a tenant's own settings. */
  readonly tenantsDir: string | null;
  /** Which tenant the command line means. */
  readonly chosenTenant: string | null;
  /** Null when this process serves every tenant. */
  readonly shard: Shard | null;
  readonly identityKeys: string | null;
  /** Absolute; null when no backups are made by themselves. */
  readonly backupDir: string | null;
  readonly clickhouseUrl: string | null;
  /** Of the engine inside Kith; null: the engine's own share of the machine. */
  readonly engineMemoryBytes: number | null;
  readonly portalId: string | null;
  /** How long the CRM's search index may take to see a change. */
  readonly syncLagMs: number;
  readonly horizonDays: number | null;
  readonly language: (typeof LANGUAGES)[number];
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** The process's environment over the `.env` of the working folder. An empty value counts as none. */
export function readEnvironment(folder = process.cwd()): Record<string, string> {
  const file = resolve(folder, '.env');
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const merged = { ...fromFile, ...process.env };
  return Object.fromEntries(
    Object.entries(merged).flatMap(([name, value]) =>
      value === undefined || value.trim() === '' ? [] : [[name, value]],
    ),
  );
}

/** @throws KithError('config') with every problem at once, each with its variable; secrets are not repeated. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = schema.safeParse(environment);
  const problems = parsed.success
    ? conflictsIn(parsed.data)
    : parsed.error.issues.map((issue) => describe(String(issue.path[0]), issue.message, environment));
  if (!parsed.success || problems.length > 0) {
    throw new KithError(
      'config',
      `The environment has ${problems.length === 1 ? 'a problem' : 'problems'}: ${problems.join('; ')}`,
    );
  }
  const env = parsed.data;
  return Object.freeze({
    hubspot: Object.freeze({
      accessToken: env.HUBSPOT_ACCESS_TOKEN ?? null,
      clientId: env.HUBSPOT_CLIENT_ID ?? null,
      clientSecret: env.HUBSPOT_CLIENT_SECRET ?? null,
      baseUrl: env.HUBSPOT_BASE_URL.replace(/\/+$/, ''),
      engagements: env.KITH_ENGAGEMENTS === 'on',
    }),
    slack: Object.freeze({
      botToken: env.SLACK_BOT_TOKEN ?? null,
      clientId: env.SLACK_CLIENT_ID ?? null,
      clientSecret: env.SLACK_CLIENT_SECRET ?? null,
      appToken: env.SLACK_APP_TOKEN ?? null,
      signingSecret: env.SLACK_SIGNING_SECRET ?? null,
      mode: env.SLACK_MODE,
      apiUrl: env.SLACK_API_URL,
    }),
    httpPort: env.KITH_HTTP_PORT,
    publicUrl: env.KITH_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    dataDir: resolve(env.KITH_DATA_DIR),
    sharedEngineDir: null,
    tenant: null,
    tenantsDir: env.KITH_TENANTS_DIR === undefined ? null : resolve(env.KITH_TENANTS_DIR),
    chosenTenant: env.KITH_TENANT ?? null,
    shard: env.KITH_SHARD === undefined ? null : parseShard(env.KITH_SHARD),
    identityKeys: env.KITH_IDENTITY_KEYS ?? null,
    backupDir: env.KITH_BACKUP_DIR === undefined ? null : resolve(env.KITH_BACKUP_DIR),
    clickhouseUrl: env.CLICKHOUSE_URL ?? null,
    engineMemoryBytes: env.KITH_ENGINE_MEMORY_MB === undefined ? null : env.KITH_ENGINE_MEMORY_MB * 1024 * 1024,
    portalId: env.KITH_PORTAL ?? null,
    syncLagMs: env.KITH_SYNC_LAG_MINUTES * 60_000,
    horizonDays: env.KITH_HORIZON_DAYS ?? null,
    language: env.KITH_LANGUAGE,
    logLevel: env.KITH_LOG_LEVEL,
  });
}

/** Settings that are fine each by itself. */
function conflictsIn(env: z.infer<typeof schema>): string[] {
  return [...hubspotConflicts(env), ...slackConflicts(env), ...tenantConflicts(env)];
}

function tenantConflicts(env: z.infer<typeof schema>): string[] {
  if (env.KITH_TENANTS_DIR !== undefined) return [];
  return (['KITH_TENANT', 'KITH_SHARD'] as const)
    .filter((name) => env[name] !== undefined)
    .map((name) => `${name} is set and KITH_TENANTS_DIR is not: name the folder of the tenants, or take ${name} out`);
}

function slackConflicts(env: z.infer<typeof schema>): string[] {
  if (env.SLACK_CLIENT_ID === undefined) return [];
  if (env.SLACK_BOT_TOKEN !== undefined)
    return [
      'SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set, and Kith uses one of them: keep the token, or remove it to add Kith by OAuth',
    ];
  return [
    ...(env.SLACK_CLIENT_SECRET === undefined
      ? ["SLACK_CLIENT_ID is set and SLACK_CLIENT_SECRET is not: copy the client secret from the app's page too"]
      : []),
    ...(env.KITH_PUBLIC_URL === undefined
      ? [
          'SLACK_CLIENT_ID is set and KITH_PUBLIC_URL is not: Slack sends people back to an address that it was told, such as https://kith.example.com',
        ]
      : []),
  ];
}

function hubspotConflicts(env: z.infer<typeof schema>): string[] {
  if (env.HUBSPOT_CLIENT_ID === undefined) return [];
  if (env.HUBSPOT_ACCESS_TOKEN !== undefined)
    return [
      'HUBSPOT_ACCESS_TOKEN and HUBSPOT_CLIENT_ID are both set, and Kith uses one of them: keep the token, or remove it to connect by OAuth',
    ];
  return env.HUBSPOT_CLIENT_SECRET === undefined
    ? ["HUBSPOT_CLIENT_ID is set and HUBSPOT_CLIENT_SECRET is not: copy the client secret from the app's page too"]
    : [];
}

function describe(name: string, message: string, environment: Readonly<Record<string, string | undefined>>): string {
  const setting = SETTINGS.find((one) => one.name === name);
  const seen = setting?.secret === true ? 'its value' : `'${environment[name] ?? ''}'`;
  return `${name}: ${seen} ${message.replace(/^Invalid/, 'is not valid: invalid')}`;
}

/** The text of `.env.example`. */
export function exampleEnvironment(): string {
  const lines = [
    '# Settings of Kith. Copy to .env and fill in; every line is optional but the tokens of what you use.',
  ];
  let group = '';
  for (const setting of SETTINGS) {
    if (setting.group !== group) lines.push('', `# ── ${setting.group} ──`);
    group = setting.group;
    const standard = schema.shape[setting.name].safeParse(undefined);
    const value = standard.success ? standard.data : undefined;
    lines.push(`# ${setting.description}`, value === undefined ? `${setting.name}=` : `# ${setting.name}=${value}`);
  }
  return `${lines.join('\n')}\n`;
}
