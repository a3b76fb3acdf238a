/** Calls a minute, by method, after https://docs.slack.dev/apis/web-api/rate-limits (tiers 1 to 4). */
const PER_MINUTE: Readonly<Record<string, number>> = {
  'apps.connections.open': 20,
  'auth.test': 600,
  'chat.update': 50,
  'chat.delete': 50,
  'chat.postEphemeral': 100,
  'conversations.info': 50,
  'conversations.open': 50,
  'conversations.members': 100,
  'users.info': 100,
  'users.lookupByEmail': 50,
  'files.getUploadURLExternal': 100,
  'files.completeUploadExternal': 100,
  'files.info': 100,
};
const DEFAULT_PER_MINUTE = 100;

/** One message a second in a channel, with short bursts allowed. */
const POST_BURST = 5;
const POST_PER_SECOND = 1;

export interface RateLimiter {
  /** 0 when the call may go on, otherwise the whole seconds to wait. */
  take(method: string, channel: string): number;
}

/** Token buckets that refill with `now` (ms). `postsPerSecond`: what the whole workspace takes, beside each channel's own limit. */
export function createRateLimiter(now: () => number, postsPerSecond: number | null = null): RateLimiter {
  let nextPostAt = 0;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(method, channel) {
      const isPost = method === 'chat.postMessage';
      const burst = isPost ? POST_BURST : (PER_MINUTE[method] ?? DEFAULT_PER_MINUTE);
      const perSecond = isPost ? POST_PER_SECOND : burst / 60;
      const key = isPost ? `${method} ${channel}` : method;
      const at = now();
      const bucket = buckets.get(key) ?? { tokens: burst, at };
      bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * perSecond);
      bucket.at = at;
      buckets.set(key, bucket);
      if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
      if (isPost && postsPerSecond !== null) {
        if (at < nextPostAt) return Math.max(1, Math.ceil((nextPostAt - at) / 1000));
        nextPostAt = at + 1000 / postsPerSecond;
      }
      bucket.tokens -= 1;
      return 0;
    },
  };
}
