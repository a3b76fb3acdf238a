import { createHash } from 'node:crypto';
import { KithError } from './lib/errors.ts';

/** This process among those that share the tenants: `index` of 0 … count − 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

const MOST_SHARDS = 10_000;

/** '2/8' is the third of eight. KithError('config') for anything else. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (count === undefined || shard.count < 1 || shard.count > MOST_SHARDS || shard.index >= shard.count)
    throw new KithError('config', {
      en: `KITH_SHARD is '${text}'; write it as INDEX/COUNT with an index from 0 to COUNT − 1, such as 0/3 for the first of three`,
      zh: `KITH_SHARD 是 '${text}'；请写成 序号/总数，序号从 0 到总数 − 1，例如三个进程中的第一个为 0/3`,
    });
  return shard;
}

/**
 * Which process of `count` owns a tenant: the one whose hash with the tenant's name is the highest (rendezvous hashing; Thaler
 * and Ravishankar, 1998), so that one process more takes its share from all and moves nobody else.
 */
export function shardOf(tenant: string, count: number): number {
  let [owner, highest] = [0, ''];
  for (let index = 0; index < count; index++) {
    const hash = createHash('sha256').update(`${index} ${tenant}`).digest('hex');
    if (hash > highest) [owner, highest] = [index, hash];
  }
  return owner;
}
