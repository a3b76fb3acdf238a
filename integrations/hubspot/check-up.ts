import { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';
import type { PropertyDefinition } from '../../src/ports/crm.ts';
import type { CrmCheckup, ScopeUse } from '../../src/ports/doctor.ts';
import type { TokenSource } from '../../src/ports/oauth.ts';
import { checked } from './checked.ts';
import { ENGAGEMENT_OBJECTS } from './engagement-mapping.ts';
import { errorBody, refusalOf, unreachable } from './errors.ts';
import { createSend, type HttpAnswer, type HttpRequest } from './http.ts';
import { paths } from './paths.ts';
import { definitionsIn, driftOf } from './properties.ts';
import { accountSchema, listSchema, pipelineSchema } from './schemas.ts';
import { SCOPES } from './scopes.ts';

export interface CheckupOptions {
  readonly accessToken: string | TokenSource;
  readonly basePath?: string;
  /** Whether engagements are to be copied; their scopes are not looked at otherwise. */
  readonly engagements: boolean;
  /** What a write-back fills. */
  readonly properties: readonly PropertyDefinition[];
  readonly now: () => number;
  readonly timeoutMs?: number;
}

/** A call that shows whether a scope is there, and changes nothing: reading one record, or writing none. */
interface Probe {
  readonly scope: string;
  readonly use: ScopeUse;
  readonly request: HttpRequest;
}

const TIMEOUT_MS = 10_000;
/** So few at a time that a sync beside the doctor does not feel it. */
const AT_A_TIME = 4;
const CUSTOMERS = ['companies', 'contacts'] as const;

/**
 * Looks at a HubSpot account call by call, without the governor: the doctor wants each answer as it is, at once. Rejects only
 * when the account itself cannot be read.
 */
export async function checkUpHubspot(options: CheckupOptions): Promise<CrmCheckup> {
  const { accessToken, basePath, now } = options;
  const token = typeof accessToken === 'string' ? accessToken.trim() : accessToken;
  const send = createSend({ accessToken: token, ...(basePath === undefined ? {} : { basePath }) });
  const ask = (request: HttpRequest) => send(request, AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS));

  const details: HttpRequest = { method: 'GET', path: paths.account };
  const first = await ask(details).catch((error: unknown) => {
    throw error instanceof KithError ? error : unreachable(details, error, 1);
  });
  if (first.status >= 300) throw refusalOf(details, first);
  const date = Date.parse(first.header('date') ?? '');
  const clockAheadMs = Number.isNaN(date) ? null : date - now();
  const account = checked(accountSchema, json(first), paths.account);

  const probes = probesOf(options.engagements);
  const answers = new Map<Probe, HttpAnswer>();
  const untold: { call: string; reason: string }[] = [];
  const missingScopes = new Map<string, { names: readonly string[]; use: ScopeUse }>();
  for (let start = 0; start < probes.length; start += AT_A_TIME) {
    await Promise.all(
      probes.slice(start, start + AT_A_TIME).map(async (probe) => {
        const call = `${probe.request.method} ${probe.request.path}`;
        try {
          const answer = await ask(probe.request);
          if (answer.status === 403) {
            const names = requiredScopes(answer) ?? [probe.scope];
            if (!missingScopes.has(names.join())) missingScopes.set(names.join(), { names, use: probe.use });
          } else if (answer.status === 429 || answer.status >= 500) {
            untold.push({ call, reason: `${answer.status} ${errorBody(answer).policyName}`.trim() });
          } else {
            answers.set(probe, answer);
          }
        } catch {
          untold.push({ call, reason: 'no answer' });
        }
      }),
    );
  }
  const grant = typeof token === 'string' ? null : await token.grant();
  if (grant !== null) {
    // An installation lists its scopes, so that also one which another stood in for is named.
    const uses: ScopeUse[] = ['sync', 'write-back', ...(options.engagements ? (['engagements'] as const) : [])];
    const told = new Set([...missingScopes.values()].flatMap(({ names }) => names));
    for (const use of uses)
      for (const scope of SCOPES[use])
        if (!grant.scopes.includes(scope) && !told.has(scope)) missingScopes.set(scope, { names: [scope], use });
  }
  const answerTo = (path: string): unknown => {
    const probe = probes.find(({ request }) => request.method === 'GET' && request.path === path);
    const answer = probe === undefined ? undefined : answers.get(probe);
    return answer === undefined ? null : json(answer);
  };
  return {
    tokenKind: typeof token === 'string' ? kindOf(token) : 'oauth',
    grant,
    account: {
      portalId: String(account.portalId),
      currency: account.companyCurrency.toUpperCase(),
      timeZone: account.timeZone,
    },
    tried: probes.length,
    // In the order of the probes, whatever answered first.
    missingScopes: [...missingScopes.values()].sort((a, b) => a.names.join().localeCompare(b.names.join())),
    untold,
    pipelines: pipelinesIn(answerTo(paths.pipelines('deals'))),
    clockAheadMs,
    daily: (await usageToday(ask)) ?? dailyIn(first),
    drift: CUSTOMERS.flatMap((type) => {
      const results = listSchema.safeParse(answerTo(paths.properties(type))).data?.results ?? [];
      return driftOf(definitionsIn(results), options.properties).map((drift) => ({ type, ...drift }));
    }),
  };
}

function probesOf(engagements: boolean): readonly Probe[] {
  const list = (object: string, scope: string, use: ScopeUse): Probe => ({
    scope,
    use,
    request: { method: 'GET', path: paths.objects(object), qs: { limit: '1' } },
  });
  const get = (path: string, scope: string, use: ScopeUse): Probe => ({ scope, use, request: { method: 'GET', path } });
  const activity: Readonly<Record<(typeof ENGAGEMENT_OBJECTS)[number], string>> = {
    calls: 'crm.objects.contacts.read',
    meetings: 'crm.objects.contacts.read',
    emails: 'sales-email-read',
    feedback_submissions: 'crm.objects.feedback_submissions.read',
  };
  return [
    ...['companies', 'contacts', 'deals', 'line_items', 'products'].map((type) =>
      list(type, `crm.objects.${type}.read`, 'sync'),
    ),
    list('tickets', 'tickets', 'sync'),
    get(paths.owners, 'crm.objects.owners.read', 'sync'),
    get(paths.pipelines('deals'), 'crm.schemas.deals.read', 'sync'),
    get(paths.pipelines('tickets'), 'tickets', 'sync'),
    ...CUSTOMERS.flatMap((type): Probe[] => [
      get(paths.properties(type), `crm.schemas.${type}.read`, 'write-back'),
      // Neither has anything in it to be done: HubSpot checks the scopes first.
      {
        scope: `crm.schemas.${type}.write`,
        use: 'write-back',
        request: { method: 'POST', path: paths.propertyGroups(type), body: {} },
      },
      {
        scope: `crm.objects.${type}.write`,
        use: 'write-back',
        request: { method: 'POST', path: paths.batch(type, 'update'), body: { inputs: [] } },
      },
    ]),
    ...(engagements ? ENGAGEMENT_OBJECTS.map((object) => list(object, activity[object], 'engagements')) : []),
  ];
}

/** The scopes of which one is needed, exactly as a 403 names them; null when it names none. */
function requiredScopes(answer: HttpAnswer): readonly string[] | null {
  const body = errorBody(answer);
  const names = [...new Set([body, ...body.errors].flatMap(({ context }) => context.requiredGranularScopes))].sort();
  return names.length === 0 ? null : names;
}

/** Static tokens are `pat-<region>-<uuid>`; those of OAuth are long and have no such form. */
function kindOf(token: string): CrmCheckup['tokenKind'] {
  if (/^pat-/.test(token)) return 'static';
  return token.length >= 60 ? 'oauth' : 'unknown';
}

function pipelinesIn(answer: unknown): CrmCheckup['pipelines'] {
  const list = listSchema.safeParse(answer);
  if (!list.success) return null;
  return list.data.results.flatMap((raw) => {
    const pipeline = pipelineSchema.safeParse(raw).data;
    if (pipeline === undefined || pipeline.archived === true) return [];
    const won = pipeline.stages.filter(
      ({ archived, metadata }) =>
        archived !== true && metadata.isClosed === 'true' && Number(metadata.probability ?? 'NaN') === 1,
    );
    return [{ label: pipeline.label, wonStages: won.map(({ label }) => label) }];
  });
}

const usageSchema = z.object({
  results: z.array(z.object({ usageLimit: z.number().positive(), currentUsage: z.number().min(0) })).min(1),
});

/** Told to static tokens only. */
async function usageToday(ask: (request: HttpRequest) => Promise<HttpAnswer>): Promise<CrmCheckup['daily']> {
  const answer = await ask({ method: 'GET', path: paths.dailyUsage }).catch(() => null);
  const usage = answer === null ? null : usageSchema.safeParse(json(answer)).data?.results[0];
  return usage == null ? null : { used: usage.currentUsage, limit: usage.usageLimit };
}

function dailyIn(answer: HttpAnswer): CrmCheckup['daily'] {
  const limit = Number(answer.header('x-hubspot-ratelimit-daily'));
  const left = Number(answer.header('x-hubspot-ratelimit-daily-remaining') ?? 'NaN');
  return limit > 0 && left >= 0 ? { used: limit - left, limit } : null;
}

function json(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    return null;
  }
}
