import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { TenantLine } from './cli/operations.ts';
import { type Config, loadConfig } from './config.ts';
import { KithError, messageOf } from './lib/errors.ts';
import { type Shard, shardOf } from './shard.ts';

/** The tenants of KITH_TENANTS_DIR: companies that one Kith serves, each with a CRM, a chat and data of its own. */
export interface Tenants {
  /** By name, each with settings of its own. */
  readonly all: ReadonlyMap<string, Config>;
  /** Files that are not right, with what to do: the others go on. */
  readonly broken: ReadonlyMap<string, string>;
}

export const NO_TENANTS: Tenants = { all: new Map(), broken: new Map() };

type Environment = Readonly<Record<string, string | undefined>>;

/** What is one process's, whoever is served by it. */
const OF_PROCESS = new Set([
  'CLICKHOUSE_URL',
  'KITH_BACKUP_DIR',
  'KITH_DATA_DIR',
  'KITH_HTTP_PORT',
  'KITH_LOG_LEVEL',
  'KITH_PUBLIC_URL',
  'KITH_SHARD',
  'KITH_SHARD_URLS',
  'KITH_SIGN_UP',
  'KITH_TENANT',
  'KITH_TENANTS_DIR',
]);
const ABOUT_TENANTS = new Set(['KITH_SHARD', 'KITH_SHARD_URLS', 'KITH_SIGN_UP', 'KITH_TENANT', 'KITH_TENANTS_DIR']);
/** What can only be one tenant's: in the process's own settings it would be everybody's. */
const OF_TENANT = ['HUBSPOT_ACCESS_TOKEN', 'KITH_PORTAL', 'SLACK_APP_TOKEN', 'SLACK_BOT_TOKEN'];
/** A folder's name, a database's and an address's. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
/** The first parts of the process's own addresses. */
const RESERVED = new Set(['healthz', 'hubspot', 'install', 'readyz', 'slack']);
const ENDING = '.env';

/** Whether a tenant may be called so. */
export function isTenantName(name: string): boolean {
  return NAME.test(name) && !RESERVED.has(name);
}

/** The file of a tenant's own settings. */
export function tenantFile(tenantsDir: string, name: string): string {
  return join(tenantsDir, `${name}${ENDING}`);
}

/** The folder of a tenant's keys, settings and connections. */
export function tenantDataDir(dataDir: string, name: string): string {
  return join(dataDir, 'tenants', name);
}

/**
 * Reads every NAME.env of the folder over the process's own environment. KithError('config') when the folder cannot be read or
 * the environment holds a tenant's token; what is wrong with one tenant is told with that tenant.
 */
export function readTenants(environment: Environment, root: Config): Tenants {
  const { tenantsDir } = root;
  if (tenantsDir === null) return NO_TENANTS;
  // The connection of one Slack app for all is no tenant's.
  const isOfApp = (name: string): boolean => name === 'SLACK_APP_TOKEN' && root.slack.clientId !== null;
  const shared = OF_TENANT.filter((name) => environment[name] !== undefined && !isOfApp(name));
  if (shared.length > 0)
    throw new KithError('config', {
      en: `${shared.join(', ')} would be every tenant's; move it from the environment into the tenant's file in ${tenantsDir}, or take KITH_TENANTS_DIR out`,
      zh: `${shared.join('、')} 会对每个租户生效；请将其从环境移到 ${tenantsDir} 中该租户的文件，或去掉 KITH_TENANTS_DIR`,
    });
  if (root.slack.appToken !== null && root.slack.mode === 'socket' && (root.shard?.count ?? 1) > 1)
    throw new KithError('config', {
      en: 'Slack gives what comes over SLACK_APP_TOKEN to any of several processes, which may not be the right one: set SLACK_MODE to http for one Slack app over KITH_SHARD',
      zh: 'Slack 会把 SLACK_APP_TOKEN 的内容发给多个进程中的任意一个，未必是正确的那个：若在 KITH_SHARD 上只用一个 Slack 应用，请将 SLACK_MODE 设为 http',
    });
  const [all, broken] = [new Map<string, Config>(), new Map<string, string>()];
  for (const file of filesOf(tenantsDir)) {
    const name = file.slice(0, -ENDING.length);
    try {
      all.set(name, tenantConfig(name, readFileSync(join(tenantsDir, file), 'utf8'), environment, root));
    } catch (error) {
      broken.set(name, `${join(tenantsDir, file)}: ${messageOf(error)}`);
    }
  }
  return { all, broken };
}

/** The tenants that a process serves: all without a shard. */
export function ownTenants({ all }: Tenants, shard: Shard | null): readonly string[] {
  return [...all.keys()].filter((name) => shard === null || shardOf(name, shard.count) === shard.index);
}

/** Every tenant with the process that serves it, by name. */
export function tenantLines(tenants: Tenants, { shard }: Config): TenantLine[] {
  const own = new Set(ownTenants(tenants, shard));
  const fine = [...tenants.all.keys()].map((name) => ({
    name,
    shard: shardOf(name, shard?.count ?? 1),
    isOwn: own.has(name),
    problem: '',
  }));
  const broken = [...tenants.broken].map(([name, problem]) => ({
    name,
    shard: shardOf(name, shard?.count ?? 1),
    isOwn: false,
    problem,
  }));
  return [...fine, ...broken].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The settings of one tenant by name. KithError('config') with the names that there are, or with what is wrong with it. */
export function findTenant({ all, broken }: Tenants, name: string): Config {
  const found = all.get(name);
  if (found !== undefined) return found;
  const problem = broken.get(name);
  if (problem !== undefined) throw new KithError('config', problem);
  const names = [...all.keys()].slice(0, 20).join(', ') || 'none yet';
  throw new KithError('config', {
    en: `There is no tenant '${name}' in KITH_TENANTS_DIR; it holds ${names}`,
    zh: `KITH_TENANTS_DIR 中没有租户 '${name}'；其中有 ${names}`,
  });
}

/** Changes whenever a file of KITH_TENANTS_DIR is new, changed or gone; '' while the folder cannot be read. */
export function filesStamp({ tenantsDir }: Config): string {
  try {
    const folder = tenantsDir ?? '';
    return filesOf(folder)
      .map((file) => {
        const { mtimeMs, size } = statSync(join(folder, file));
        return `${file} ${mtimeMs} ${size}`;
      })
      .join('\n');
  } catch {
    return '';
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(ENDING) && !file.startsWith('.'))
      .sort();
  } catch (cause) {
    throw new KithError(
      'config',
      {
        en: `KITH_TENANTS_DIR is ${folder}, which cannot be read (${messageOf(cause)}); make the folder, with a file NAME.env for each tenant`,
        zh: `KITH_TENANTS_DIR 是 ${folder}，无法读取（${messageOf(cause)}）；请创建该文件夹，并为每个租户放入 NAME.env 文件`,
      },
      { cause },
    );
  }
}

function tenantConfig(name: string, text: string, environment: Environment, root: Config): Config {
  if (!isTenantName(name))
    throw new KithError('config', {
      en: `'${name}' is no tenant's name; use at most 40 of a–z, 0–9 and hyphens, such as acme-france.env, and none of ${[...RESERVED].join(', ')}`,
      zh: `'${name}' 不是租户名称；请使用不超过 40 个的 a–z、0–9 和连字符，例如 acme-france.env，且不能是 ${[...RESERVED].join('、')}`,
    });
  const given = parseEnv(text);
  const foreign = Object.keys(given).filter((key) => OF_PROCESS.has(key));
  if (foreign.length > 0)
    throw new KithError('config', {
      en: `${foreign.join(', ')} hold${foreign.length === 1 ? 's' : ''} for the whole process; move it to the process's own .env`,
      zh: `${foreign.join('、')} 对整个进程生效；请移到进程自己的 .env`,
    });
  const publicUrl = root.publicUrl === null ? {} : { KITH_PUBLIC_URL: `${root.publicUrl}/${name}` };
  // An empty line takes out what the process gives to all.
  const merged = Object.entries({ ...environment, ...given, ...publicUrl }).filter(
    ([key, value]) => value?.trim() !== '' && !ABOUT_TENANTS.has(key),
  );
  const own = loadConfig(Object.fromEntries(merged));
  const isSame = (app: 'slack' | 'hubspot'): boolean =>
    root[app].clientId !== null && own[app].clientId === root[app].clientId;
  return Object.freeze({
    ...own,
    tenant: name,
    shared: Object.freeze({ publicUrl: root.publicUrl, slack: isSame('slack'), hubspot: isSame('hubspot') }),
    dataDir: tenantDataDir(root.dataDir, name),
    sharedEngineDir: root.dataDir,
    backupDir: root.backupDir === null ? null : join(root.backupDir, name),
  });
}
