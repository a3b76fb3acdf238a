import type { Channels } from './channels.ts';
import type { People } from './people.ts';
import { within } from './within.ts';

/** An answer does not wait long for names. */
const TOLD_WITHIN_MS = 2_000;
const PERSON = /^[UW][A-Z0-9]{4,}$/;
const CHANNEL = /^[CG][A-Z0-9]{4,}$/;

/**
 * What people and channels are called, by id, from `users.info` and `conversations.info` (whose scope is optional). Anything that
 * is no id of Slack's, and what Slack does not tell in time, is absent.
 */
export async function chatNames(
  ids: readonly string[],
  people: Pick<People, 'person'>,
  channels: Pick<Channels, 'name'>,
): Promise<ReadonlyMap<string, string>> {
  const nameOf = async (id: string): Promise<string> => {
    if (PERSON.test(id)) return (await people.person(id)).name;
    return CHANNEL.test(id) ? channels.name(id) : '';
  };
  const named = await Promise.all(
    [...new Set(ids)].map(async (id) => [id, (await within(nameOf(id), TOLD_WITHIN_MS)) ?? ''] as const),
  );
  return new Map(named.flatMap(([id, name]) => (name === '' ? [] : [[id, `${PERSON.test(id) ? '@' : '#'}${name}`]])));
}
