/** What the server answers: JSON text, or HTML from a gateway in front of it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that refuses, thrown from wherever the reason is found. */
export class Refusal extends Error {
  readonly status: number;
  readonly category: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    category: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.category = category;
    this.details = details;
    this.headers = headers;
  }
}

export function invalid(message: string, details: Readonly<Record<string, unknown>> = {}): Refusal {
  return new Refusal(400, 'VALIDATION_ERROR', message, details);
}

/** HubSpot's error body. */
export function refusalAnswer(refusal: Refusal, correlationId: string): Answer {
  const body = {
    status: 'error',
    message: refusal.message,
    correlationId,
    ...(refusal.category === '' ? {} : { category: refusal.category }),
    ...refusal.details,
  };
  return { status: refusal.status, body: JSON.stringify(body), headers: refusal.headers };
}

export function notAuthenticated(isPresent: boolean): Refusal {
  return isPresent
    ? new Refusal(401, 'INVALID_AUTHENTICATION', 'The access token is invalid or has been revoked')
    : new Refusal(
        401,
        'INVALID_AUTHENTICATION',
        'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
      );
}

export function missingScopes(scopes: readonly string[]): Refusal {
  return new Refusal(
    403,
    'MISSING_SCOPES',
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
    {
      errors: [
        { message: 'One or more of the following scopes are required.', context: { requiredGranularScopes: scopes } },
      ],
      links: { scopes: 'https://developers.hubspot.com/scopes' },
    },
  );
}

export type LimitPolicy = 'TEN_SECONDLY_ROLLING' | 'SECONDLY' | 'DAILY';

export function rateLimited(policy: LimitPolicy, headers: Readonly<Record<string, string>> = {}): Refusal {
  return new Refusal(
    429,
    policy === 'SECONDLY' ? 'RATE_LIMITS' : '',
    `You have reached your ${policy.toLowerCase()} limit.`,
    { errorType: 'RATE_LIMIT', policyName: policy, groupName: 'publicapi:private-apps:stand-in' },
    headers,
  );
}

export function notFound(what: string): Refusal {
  return new Refusal(404, 'OBJECT_NOT_FOUND', what);
}

/** What a gateway says when the server behind it does not answer. */
export function gatewayPage(status: number): Answer {
  const title = { 502: 'Bad gateway', 504: 'Gateway time-out', 524: 'A timeout occurred' }[status] ?? 'Error';
  return {
    status,
    body: `<!DOCTYPE html><html><head><title>${status}: ${title}</title></head><body><h1>${title}</h1></body></html>`,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
  };
}
