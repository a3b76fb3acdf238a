import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { type HubspotConfig, hubspotConfig, hubspotConflicts, hubspotSettings } from './config/hubspot-settings.ts';
import { kithSettings } from './config/kith-settings.ts';
import { type Setting, withoutSlash } from './config/setting.ts';
import { type SlackConfig, slackConfig, slackConflicts, slackSettings } from './config/slack-settings.ts';
import { type TenantsConfig, tenantConflicts, tenantSettings, tenantsConfig } from './config/tenant-settings.ts';
import { KithError } from './lib/errors.ts';
import type { LOG_LEVELS } from './lib/logger.ts';
import type { LANGUAGES, Text } from './lib/text.ts';

const GROUPS = [hubspotSettings, slackSettings, kithSettings, tenantSettings];
const schema = z.object({
  ...hubspotSettings.shape,
  ...slackSettings.shape,
  ...kithSettings.shape,
  ...tenantSettings.shape,
});

/** Every setting, in the order of `.env.example`. */
export const SETTINGS: readonly Setting<keyof typeof schema.shape>[] = GROUPS.flatMap(
  ({ settings }) => settings as readonly Setting<keyof typeof schema.shape>[],
);

/** Everything that the environment decides, checked and frozen. */
export interface Config extends TenantsConfig {
  readonly hubspot: HubspotConfig;
  readonly slack: SlackConfig;
  readonly httpPort: number;
  /** Without a slash at the end; null while nothing calls Kith. */
  readonly publicUrl: string | null;
  /** Absolute: keys, settings, locks; of one tenant's where there are several. */
  readonly dataDir: string;
  /** Absolute: where the embedded engine keeps every tenant's tables; null for a Kith of one company: its data folder. */
  readonly sharedEngineDir: string | null;
  /** Null for a Kith of one company. */
  readonly tenant: string | null;
  /** What is one app for every tenant; in a tenant's own settings only. */
  readonly shared: SharedApps | null;
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

/** The apps of a tenant that are the process's: their calls and their ways back arrive at its address, not below the tenant's name. */
export interface SharedApps {
  /** The process's own. */
  readonly publicUrl: string | null;
  readonly slack: boolean;
  readonly hubspot: boolean;
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
  // Settings that are fine each by itself may contradict one another.
  const problems = parsed.success
    ? [hubspotConflicts, slackConflicts, tenantConflicts].flatMap((conflicts) => conflicts(parsed.data))
    : parsed.error.issues.map((issue) => describe(issue, environment));
  if (!parsed.success || problems.length > 0) {
    throw new KithError('config', {
      en: `The environment has ${problems.length === 1 ? 'a problem' : 'problems'}: ${problems.map(({ en }) => en).join('; ')}`,
      zh: `环境变量有问题：${problems.map(({ zh }) => zh).join('；')}`,
    });
  }
  const env = parsed.data;
  return Object.freeze({
    ...tenantsConfig(env),
    hubspot: hubspotConfig(env),
    slack: slackConfig(env),
    httpPort: env.KITH_HTTP_PORT,
    publicUrl: env.KITH_PUBLIC_URL === undefined ? null : withoutSlash(env.KITH_PUBLIC_URL),
    dataDir: resolve(env.KITH_DATA_DIR),
    sharedEngineDir: null,
    tenant: null,
    shared: null,
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

function describe(issue: z.core.$ZodIssue, environment: Readonly<Record<string, string | undefined>>): Text {
  const name = String(issue.path[0]);
  const setting = SETTINGS.find((one) => one.name === name);
  const value = `'${environment[name] ?? ''}'`;
  const isSecret = setting?.secret === true;
  const { en, zh } = complaint(issue);
  return { en: `${name}: ${isSecret ? 'its value' : value} ${en}`, zh: `${name}：${isSecret ? '其值' : value}${zh}` };
}

/** What is wrong with a value, and what it may be. */
function complaint(issue: z.core.$ZodIssue): Text {
  switch (issue.code) {
    case 'invalid_value':
      return {
        en: `is not one of ${issue.values.map(String).join(', ')}`,
        zh: `不是 ${issue.values.map(String).join('、')} 之一`,
      };
    case 'invalid_type':
      return issue.expected === 'number' || issue.expected === 'int'
        ? { en: 'is not a whole number', zh: '不是整数' }
        : { en: 'is not valid', zh: '无效' };
    case 'too_small':
      return { en: `is too small: ${issue.minimum} is the least`, zh: `过小：最小为 ${issue.minimum}` };
    case 'too_big':
      return { en: `is too large: ${issue.maximum} is the most`, zh: `过大：最大为 ${issue.maximum}` };
    case 'invalid_format':
      return issue.format === 'url'
        ? { en: 'is not an address such as https://kith.example.com', zh: '不是 https://kith.example.com 这样的地址' }
        : { en: issue.message, zh: issue.message };
    default:
      return { en: issue.message, zh: issue.message };
  }
}

/** The text of `.env.example`. */
export function exampleEnvironment(): string {
  const lines = [
    '# Settings of Kith. Copy to .env and fill in; every line is optional but the tokens of what you use.',
  ];
  for (const { title, shape, settings } of GROUPS) {
    lines.push('', `# ── ${title} ──`);
    const standards: Readonly<Record<string, z.ZodType>> = shape;
    for (const { name, description } of settings) {
      const standard = standards[name]?.safeParse(undefined);
      const value = standard?.success ? standard.data : undefined;
      lines.push(`# ${description}`, value === undefined ? `${name}=` : `# ${name}=${String(value)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
