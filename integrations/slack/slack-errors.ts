import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { KithError, messageOf } from '../../src/lib/errors.ts';
import type { Text } from '../../src/lib/text.ts';

/** What a failed call to Slack means for whoever made it. */
export type SlackFailure =
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'auth'; readonly error: string }
  | { readonly kind: 'blocks'; readonly error: string }
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** The call never reached Slack. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** It reached Slack, or may have, and nobody knows what became of it. */
  | { readonly kind: 'unknown'; readonly reason: string };

const AUTH = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'team_disabled',
  'user_removed_from_team',
]);
/** What Slack says of a token that was good: the app was taken out of the workspace, or the token withdrawn. */
const REMOVED = new Set(['account_inactive', 'token_revoked']);
const BLOCKS = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'invalid_attachments',
  'msg_too_long',
]);
/** Slack's own failures, after which part of a call may have been carried out. */
const UNKNOWN = new Set([
  'fatal_error',
  'internal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);
/** Codes of errors raised before a single byte was sent. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

export function slackFailure(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'limited', retryAfterMs: error.retryAfter * 1000 };
  if (error instanceof WebAPIPlatformError) return platformFailure(error.data.error);
  if (error instanceof WebAPIHTTPError) {
    if (error.statusCode >= 500) return { kind: 'unknown', reason: `Slack answered HTTP ${error.statusCode}` };
    return { kind: 'refused', error: `http_${error.statusCode}` };
  }
  if (error instanceof WebAPIRequestError) {
    const code = codeOf(error.original);
    return NOT_CONNECTED.has(code)
      ? { kind: 'unreachable', reason: code }
      : { kind: 'unknown', reason: code || messageOf(error.original) };
  }
  return { kind: 'unknown', reason: messageOf(error) };
}

/** What an `error` of Slack's JSON answers means. */
export function platformFailure(error: string): SlackFailure {
  if (AUTH.has(error)) return { kind: 'auth', error };
  if (BLOCKS.has(error)) return { kind: 'blocks', error };
  if (error === 'ratelimited' || error === 'rate_limited') return { kind: 'limited', retryAfterMs: 30_000 };
  if (UNKNOWN.has(error)) return { kind: 'unknown', reason: error };
  return { kind: 'refused', error };
}

function codeOf(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; cause = cause.cause, depth++) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    if (cause.name === 'TimeoutError') return 'timeout';
  }
  return '';
}

/** Why a message may not be posted, in words that say what to do. */
export function refusalReason(error: string): string {
  switch (error) {
    case 'not_in_channel':
      return 'Kith is not a member of the channel: type /invite @Kith there';
    case 'channel_not_found':
      return 'Slack knows no such channel, or it is private and Kith is not in it: type /invite @Kith there, or choose another channel';
    case 'is_archived':
      return 'the channel is archived: choose another channel';
    case 'missing_scope':
      return 'the Slack app lacks a scope: reinstall it with the manifest of this version (kith manifest)';
    case 'restricted_action':
      return 'the workspace does not let apps post in this channel: ask its admins';
    default:
      return `Slack refused the message (${error})`;
  }
}

export function isRemoval(error: string): boolean {
  return REMOVED.has(error);
}

const TOKENS = {
  bot: {
    called: { en: 'SLACK_BOT_TOKEN', zh: 'SLACK_BOT_TOKEN' },
    remedy: {
      en: 'copy it again from your app\'s page (OAuth & Permissions, "Bot User OAuth Token", begins with xoxb-)',
      zh: '请从应用页面重新复制（OAuth & Permissions，“Bot User OAuth Token”，以 xoxb- 开头）',
    },
  },
  app: {
    called: { en: 'SLACK_APP_TOKEN', zh: 'SLACK_APP_TOKEN' },
    remedy: {
      en: 'copy it again from your app\'s page (Basic Information, "App-Level Tokens" with connections:write, begins with xapp-)',
      zh: '请从应用页面重新复制（Basic Information，带 connections:write 的“App-Level Tokens”，以 xapp- 开头）',
    },
  },
  installation: {
    called: { en: 'the token of its installation', zh: '安装时取得的令牌' },
    remedy: { en: "run 'kith connect slack' and add Kith again", zh: "请运行 'kith connect slack' 并重新添加 Kith" },
  },
} as const satisfies Record<string, { called: Text; remedy: Text }>;

/** The error that ends `kith start`, in one line. */
export function startError(error: unknown, which: keyof typeof TOKENS): KithError {
  const failure = slackFailure(error);
  const { called, remedy } = TOKENS[which];
  switch (failure.kind) {
    case 'auth':
    case 'refused':
    case 'blocks':
      return new KithError(
        which === 'installation' && isRemoval(failure.error) ? 'chat-not-connected' : 'chat-auth',
        {
          en: `Slack refused ${called.en} (${failure.error}): ${remedy.en}`,
          zh: `Slack 拒绝了 ${called.zh}（${failure.error}）：${remedy.zh}`,
        },
        { cause: error },
      );
    case 'limited':
      return new KithError(
        'chat-unreachable',
        {
          en: `Slack asks to wait ${Math.ceil(failure.retryAfterMs / 1000)} s before connecting again: start Kith again then`,
          zh: `Slack 要求等待 ${Math.ceil(failure.retryAfterMs / 1000)} 秒后再连接：请届时重新启动 Kith`,
        },
        { cause: error },
      );
    case 'unreachable':
    case 'unknown':
      return new KithError(
        'chat-unreachable',
        {
          en: `Slack cannot be reached (${failure.reason}): check the network and proxy of this machine, then start again`,
          zh: `无法连接 Slack（${failure.reason}）：请检查本机的网络和代理，然后重新启动`,
        },
        { cause: error },
      );
  }
}
