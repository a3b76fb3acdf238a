import { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';
import type { Text } from '../../src/lib/text.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';

/** Every field may be absent, and a gateway's answer is HTML: whatever is not understood is left out. */
const errorBodySchema = z.object({
  message: z.string().catch(''),
  category: z.string().catch(''),
  correlationId: z.string().catch(''),
  policyName: z.string().catch(''),
  errors: z
    .array(
      z.object({
        message: z.string().catch(''),
        context: z
          .object({ requiredGranularScopes: z.array(z.string()).catch([]) })
          .catch({ requiredGranularScopes: [] }),
      }),
    )
    .catch([]),
  context: z.object({ requiredGranularScopes: z.array(z.string()).catch([]) }).catch({ requiredGranularScopes: [] }),
});
type ErrorBody = z.infer<typeof errorBodySchema>;

const NOTHING: ErrorBody = errorBodySchema.parse({});

export function errorBody(answer: HttpAnswer): ErrorBody {
  try {
    return errorBodySchema.safeParse(JSON.parse(answer.text)).data ?? NOTHING;
  } catch {
    return NOTHING;
  }
}

/** What HubSpot's support asks for, from the body or, where that is a gateway's page, from the headers; '' when absent. */
export function correlationOf(answer: HttpAnswer): string {
  const ofBody = answer.status >= 400 ? errorBody(answer).correlationId : '';
  return ofBody || (answer.header('x-hubspot-correlation-id') ?? '');
}

const correlations = new WeakMap<object, string>();

/** Keeps an answer's correlation id beside its value, for an error that is only found when the value is looked into. */
export function noteCorrelation(value: unknown, correlationId: string): void {
  if (correlationId !== '' && typeof value === 'object' && value !== null) {
    correlations.set(value, correlationId);
  }
}

export function notedCorrelation(value: unknown): string {
  return (typeof value === 'object' && value !== null && correlations.get(value)) || '';
}

/** HubSpot's final no to a call, kept with what callers decide by. */
export class HubspotRefusal extends KithError {
  readonly status: number;

  constructor(status: number, error: { code: 'crm-answer' | 'crm-auth' | 'crm-scope' | 'crm-limit'; message: Text }) {
    super(error.code, error.message);
    this.status = status;
  }
}

/** The error for an answer that no retry will better. */
export function refusalOf(request: HttpRequest, answer: HttpAnswer): HubspotRefusal {
  const body = errorBody(answer);
  const trail = trailOf(request, correlationOf(answer));
  if (answer.status === 401) {
    return new HubspotRefusal(401, {
      code: 'crm-auth',
      message: {
        en: `HubSpot refused the access token (401); put a valid one into HUBSPOT_ACCESS_TOKEN${trail}`,
        zh: `HubSpot 拒绝了访问令牌（401）；请在 HUBSPOT_ACCESS_TOKEN 中填入有效的令牌${trail}`,
      },
    });
  }
  if (answer.status === 403) {
    const scopes = [...new Set([body, ...body.errors].flatMap((part) => part.context.requiredGranularScopes))];
    const message =
      scopes.length > 0
        ? {
            en: `HubSpot says that the access token lacks scopes; grant it these and try again: ${scopes.join(', ')}${trail}`,
            zh: `HubSpot 表示访问令牌缺少权限；请授予以下权限后重试：${scopes.join('、')}${trail}`,
          }
        : {
            en: `HubSpot does not allow this call (403): ${inOneLine(body.message)}; check the token's scopes${trail}`,
            zh: `HubSpot 不允许此调用（403）：${inOneLine(body.message)}；请检查令牌的权限${trail}`,
          };
    return new HubspotRefusal(403, { code: 'crm-scope', message });
  }
  if (answer.status === 429) {
    return new HubspotRefusal(429, {
      code: 'crm-limit',
      message: {
        en: `HubSpot kept answering that there are too many calls (429 ${body.policyName}); another integration may be using up the account's limit, so try again later${trail}`,
        zh: `HubSpot 一直表示调用过多（429 ${body.policyName}）；可能有其他集成占用了账户额度，请稍后再试${trail}`,
      },
    });
  }
  const details = [body.message, ...body.errors.map((error) => error.message)].filter((text) => text !== '');
  const explained = inOneLine([...new Set(details)].join(' · '));
  const said =
    explained === '' ? { en: 'with no explanation', zh: '，没有说明' } : { en: explained, zh: `：${explained}` };
  const advice =
    answer.status >= 500
      ? { en: '; HubSpot has a problem, try again later', zh: '；HubSpot 出现问题，请稍后再试' }
      : { en: '', zh: '' };
  return new HubspotRefusal(answer.status, {
    code: 'crm-answer',
    message: {
      en: `HubSpot answered ${answer.status} ${said.en}${advice.en}${trail}`,
      zh: `HubSpot 返回 ${answer.status}${said.zh}${advice.zh}${trail}`,
    },
  });
}

/** The error for a call that never got an answer. */
export function unreachable(request: HttpRequest, error: unknown, attempts: number): KithError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why =
    code === 'ECONNREFUSED'
      ? { en: 'nothing listens there', zh: '该地址没有服务' }
      : code === 'ENOTFOUND' || code === 'EAI_AGAIN'
        ? { en: 'its name is not known to the network', zh: '网络无法解析其名称' }
        : code === 'ETIMEDOUT'
          ? { en: 'it did not answer in time', zh: '没有及时响应' }
          : { en: code || 'the connection broke', zh: code || '连接中断' };
  return new KithError(
    'crm-unreachable',
    {
      en: `HubSpot cannot be reached: ${why.en} (${attempts === 1 ? '1 attempt' : `${attempts} attempts`}); check the network, a proxy, and the address in HUBSPOT_BASE_URL${trailOf(request, '')}`,
      zh: `无法连接 HubSpot：${why.zh}（已尝试 ${attempts} 次）；请检查网络、代理以及 HUBSPOT_BASE_URL 中的地址${trailOf(request, '')}`,
    },
    { cause: error },
  );
}

export function trailOf(request: HttpRequest, correlationId: string): string {
  const id = correlationId === '' ? '' : `, correlation id ${correlationId}`;
  return ` [${request.method} ${request.path}${id}]`;
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 400);
}
