import type { CopiedProperties } from '../../src/domain/crm.ts';
import { KithError } from '../../src/lib/errors.ts';
import { type Sleep, sleep } from '../../src/lib/retry.ts';
import type { OpenCrm } from '../../src/ports/crm.ts';
import type { TokenSource } from '../../src/ports/oauth.ts';
import { type AccountLimits, createAccountLimits } from './account-limits.ts';
import { checked } from './checked.ts';
import type { Wait } from './governed-request.ts';
import { createGovernor, type Governor, isRefusal } from './governor.ts';
import { createSend } from './http.ts';
import { createHubspotSink } from './hubspot-sink.ts';
import { createHubspotSource } from './hubspot-source.ts';
import { paths } from './paths.ts';
import { usageSchema } from './schemas.ts';

export interface HubspotOptions {
  /** One that stays, or those of an installation by OAuth. */
  readonly accessToken: string | TokenSource;
  /** HubSpot's own address when absent. */
  readonly basePath?: string;
  /** Whether calls, meetings, e-mails and feedback are read; each needs a scope of its own. */
  readonly engagements?: boolean;
  /** Further properties that a portal wants copied. */
  readonly copied?: (portalId: string) => CopiedProperties;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly sleep?: Sleep;
  readonly onWait?: (wait: Wait) => void;
  readonly timeoutMs?: number;
}

/** A HubSpot account as a CRM. The token and the address are tried at once, so that a wrong one is told at once. */
export async function openHubspot(options: HubspotOptions): Promise<OpenCrm> {
  const token = typeof options.accessToken === 'string' ? options.accessToken.trim() : options.accessToken;
  if (token === '') {
    throw new KithError('crm-auth', {
      en: 'There is no HubSpot access token; put one into HUBSPOT_ACCESS_TOKEN',
      zh: '没有 HubSpot 访问令牌；请设置 HUBSPOT_ACCESS_TOKEN',
    });
  }
  // The limits are the app's in its account: they outlive every access token.
  const limits = sharedLimits(typeof token === 'string' ? ['static', token] : ['app', await token.account()], options);
  const governor = createGovernor({
    ...(limits === null ? {} : { limits }),
    send: createSend({
      accessToken: token,
      ...(options.basePath === undefined ? {} : { basePath: options.basePath }),
    }),
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? sleep,
    ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  const source = createHubspotSource(governor, {
    engagements: options.engagements ?? false,
    copied: options.copied ?? (() => ({})),
  });
  await source.account();
  await learnUsage(governor);
  // What is written and what is read before it has been asked for or approved by a person, and is a call for 100 records.
  return { source, sink: createHubspotSink(forPeople(governor)), budget: governor.budget };
}

const limitsOfAccounts = new Map<string, AccountLimits>();

/** Every job opens HubSpot for itself, yet all of them draw on one account's limits; a clock of one's own has its own. */
function sharedLimits(
  account: readonly string[],
  { basePath = '', now, sleep: ownSleep, onWait }: HubspotOptions,
): AccountLimits | null {
  if (now !== undefined || ownSleep !== undefined) {
    return null;
  }
  const key = JSON.stringify([...account, basePath]);
  const known = limitsOfAccounts.get(key);
  const tell = (milliseconds: number) => milliseconds >= 1000 && onWait?.({ milliseconds, reason: 'rate-limit' });
  const limits = known ?? createAccountLimits({ now: Date.now, sleep, onWait: tell });
  limitsOfAccounts.set(key, limits);
  return limits;
}

function forPeople(governor: Governor): Governor {
  return { ...governor, call: (request, signal) => governor.call({ priority: 'person', ...request }, signal) };
}

/** Apps that were installed by OAuth get no headers about the day's calls: the account is asked once. */
async function learnUsage(governor: Governor): Promise<void> {
  if (governor.budget().dailyLimit !== null) {
    return;
  }
  try {
    const request = { method: 'GET', path: paths.usage, bucket: 'general', isIdempotent: true } as const;
    const [usage] = checked(usageSchema, await governor.call(request), paths.usage).results;
    if (usage !== undefined) {
      governor.learnDay(usage.usageLimit, Math.max(0, usage.usageLimit - usage.currentUsage));
    }
  } catch (error) {
    // Not every token may ask, and nothing hangs on it: HubSpot's own refusal closes the day.
    if (!isRefusal(error, 400, 403, 404) && !(error instanceof KithError && error.code === 'crm-answer')) {
      throw error;
    }
  }
}
