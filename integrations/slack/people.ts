import type { WebClient } from '@slack/web-api';
import type { Logger } from '../../src/lib/logger.ts';
import type { Language } from '../../src/lib/text.ts';
import { slackFailure } from './slack-errors.ts';

export interface Person {
  /** What they chose in Kith, else Slack's. */
  readonly language: Language;
  readonly timeZone: string;
  /** '' when Slack does not tell it (the scope users:read.email is optional). */
  readonly email: string;
  /** As others see it; '' when Slack does not tell it. */
  readonly name: string;
}

export interface People {
  person(userId: string): Promise<Person>;
  /** What is known without asking Slack; for the acknowledgement, which cannot wait. */
  known(userId: string): Person;
  /** Slack's ids of the people with these e-mails, by e-mail in lower case; those unknown are absent. */
  idsByEmail(emails: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const HOUR = 3_600_000;
const NOBODY: Person = { language: 'en', timeZone: 'UTC', email: '', name: '' };

/** Who people are, from `users.info` and `users.lookupByEmail`, remembered for an hour and a day. */
export function createPeople(
  client: WebClient,
  logger: Logger,
  now: () => number,
  /** What a person chose themselves; null for Slack's. */
  chosen: (userId: string) => Language | null,
): People {
  const persons = new Map<string, { person: Person; until: number }>();
  const ids = new Map<string, { id: string | null; until: number }>();
  let mayLookUp = true;

  const lookUp = async (email: string): Promise<string | null> => {
    const known = ids.get(email);
    if (known !== undefined && known.until > now()) return known.id;
    if (!mayLookUp) return null;
    try {
      const { user } = await client.users.lookupByEmail({ email });
      ids.set(email, { id: user?.id ?? null, until: now() + 24 * HOUR });
      return user?.id ?? null;
    } catch (error) {
      const failure = slackFailure(error);
      if (failure.kind !== 'refused') return null;
      if (failure.error === 'missing_scope') {
        mayLookUp = false;
        logger.warn('owners are named but not mentioned: the Slack app lacks the optional scope users:read.email');
      } else ids.set(email, { id: null, until: now() + 24 * HOUR });
      return null;
    }
  };

  /** As Slack tells it. */
  const told = async (userId: string): Promise<Person> => {
    const known = persons.get(userId);
    if (known !== undefined && known.until > now()) return known.person;
    try {
      const { user } = await client.users.info({ user: userId, include_locale: true });
      const person: Person = {
        language: (user?.locale ?? '').toLowerCase().startsWith('zh') ? 'zh' : 'en',
        timeZone: user?.tz || NOBODY.timeZone,
        email: user?.profile?.email ?? '',
        name: user?.profile?.display_name || user?.profile?.real_name || user?.real_name || user?.name || '',
      };
      persons.set(userId, { person, until: now() + HOUR });
      return person;
    } catch (error) {
      logger.warn('Slack did not tell who a user is; English and UTC are used', {
        user: userId,
        reason: slackFailure(error).kind,
      });
      return known?.person ?? NOBODY;
    }
  };
  // A choice holds at once: it is asked for each time.
  const withChoice = (userId: string, person: Person): Person => ({
    ...person,
    language: chosen(userId) ?? person.language,
  });

  return {
    known: (userId) => withChoice(userId, persons.get(userId)?.person ?? NOBODY),
    person: async (userId) => withChoice(userId, await told(userId)),
    async idsByEmail(emails) {
      const found = new Map<string, string>();
      for (const email of new Set(emails.map((entry) => entry.toLowerCase()))) {
        const id = email === '' ? null : await lookUp(email);
        if (id !== null) found.set(email, id);
      }
      return found;
    },
  };
}
