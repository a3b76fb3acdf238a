import { resolve } from 'node:path';
import { z } from 'zod';
import { KithError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { parseShard, type Shard } from '../shard.ts';
import { address, flag, type SettingGroup, text, withoutSlash } from './setting.ts';

const shape = {
  KITH_TENANTS_DIR: text.optional(),
  KITH_TENANT: text.optional(),
  KITH_SIGN_UP: flag,
  KITH_SHARD: text.optional(),
  KITH_SHARD_URLS: text.optional(),
};
const schema = z.object(shape);
type Given = z.infer<typeof schema>;

export const tenantSettings: SettingGroup<typeof shape> = {
  title: 'Several companies',
  shape,
  settings: [
    {
      name: 'KITH_TENANTS_DIR',
      description:
        'A folder with a file NAME.env for each of several companies, with the tokens of its HubSpot and its Slack: one Kith serves them all and keeps their data apart.',
      secret: false,
    },
    {
      name: 'KITH_TENANT',
      description: 'Which of the companies in KITH_TENANTS_DIR the command line means.',
      secret: false,
    },
    {
      name: 'KITH_SIGN_UP',
      description:
        'on: whoever opens KITH_PUBLIC_URL/install may add Kith to a Slack workspace and a HubSpot account of theirs, and is served from then on. Needs the client ids and secrets of one Slack app and one HubSpot app for all.',
      secret: false,
    },
    {
      name: 'KITH_SHARD',
      description:
        'INDEX/COUNT, such as 0/3 for the first of three: the companies in KITH_TENANTS_DIR are shared out among so many processes, and this one serves its own.',
      secret: false,
    },
    {
      name: 'KITH_SHARD_URLS',
      description:
        'Where those processes reach one another, in the order of their numbers and separated by commas, such as http://kith-0:3000,http://kith-1:3000: a request that reaches the wrong one is passed on to its owner.',
      secret: false,
    },
  ],
};

export interface TenantsConfig {
  /** Absolute; null for a Kith of one company, and in a tenant's own settings. */
  readonly tenantsDir: string | null;
  /** Which tenant the command line means. */
  readonly chosenTenant: string | null;
  /** Whether strangers may make themselves tenants. */
  readonly signUp: boolean;
  /** Null when this process serves every tenant. */
  readonly shard: Shard | null;
  /** By the processes' numbers, without slashes at the end; null where nothing is passed on. */
  readonly shardUrls: readonly string[] | null;
}

export function tenantsConfig(env: Given): TenantsConfig {
  const shard = env.KITH_SHARD === undefined ? null : parseShard(env.KITH_SHARD);
  return {
    tenantsDir: env.KITH_TENANTS_DIR === undefined ? null : resolve(env.KITH_TENANTS_DIR),
    chosenTenant: env.KITH_TENANT ?? null,
    signUp: env.KITH_SIGN_UP === 'on',
    shard,
    shardUrls:
      env.KITH_SHARD_URLS === undefined ? null : Object.freeze(parseUrls(env.KITH_SHARD_URLS, shard?.count ?? 1)),
  };
}

const NEEDED_TO_SIGN_UP = [
  'KITH_PUBLIC_URL',
  'SLACK_CLIENT_ID',
  'SLACK_CLIENT_SECRET',
  'HUBSPOT_CLIENT_ID',
  'HUBSPOT_CLIENT_SECRET',
] as const;

export function tenantConflicts(
  env: Given & { readonly [Name in (typeof NEEDED_TO_SIGN_UP)[number]]?: string | undefined },
): Text[] {
  if (env.KITH_TENANTS_DIR === undefined) {
    const alone = (['KITH_TENANT', 'KITH_SHARD'] as const).filter((name) => env[name] !== undefined);
    return [...alone, ...(env.KITH_SIGN_UP === 'on' ? ['KITH_SIGN_UP'] : [])].map((name) => ({
      en: `${name} is set and KITH_TENANTS_DIR is not: name the folder of the tenants, or take ${name} out`,
      zh: `设置了 ${name} 而未设置 KITH_TENANTS_DIR：请指明租户的文件夹，或去掉 ${name}`,
    }));
  }
  const conflicts: Text[] = [];
  const missing = NEEDED_TO_SIGN_UP.filter((name) => env[name] === undefined);
  if (env.KITH_SIGN_UP === 'on' && missing.length > 0)
    conflicts.push({
      en: `KITH_SIGN_UP is on and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set: people sign up with one Slack app and one HubSpot app for all`,
      zh: `KITH_SIGN_UP 已开启而未设置 ${missing.join('、')}：所有人用同一个 Slack 应用和同一个 HubSpot 应用注册`,
    });
  if (env.KITH_SHARD_URLS !== undefined && env.KITH_SHARD === undefined)
    conflicts.push({
      en: 'KITH_SHARD_URLS is set and KITH_SHARD is not: say which of those processes this one is',
      zh: '设置了 KITH_SHARD_URLS 而未设置 KITH_SHARD：请说明本进程是其中的哪一个',
    });
  return conflicts;
}

function parseUrls(list: string, count: number): string[] {
  const urls = list.split(',').map((one) => one.trim());
  if (urls.length !== count || !urls.every((url) => address.safeParse(url).success))
    throw new KithError('config', {
      en: `KITH_SHARD_URLS is '${list}'; write one address for each of the ${count} processes of KITH_SHARD, separated by commas, such as http://kith-0:3000,http://kith-1:3000`,
      zh: `KITH_SHARD_URLS 是 '${list}'；请为 KITH_SHARD 的 ${count} 个进程各写一个地址，用逗号分隔，例如 http://kith-0:3000,http://kith-1:3000`,
    });
  return urls.map(withoutSlash);
}
