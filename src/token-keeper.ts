import type { Instant } from './domain/crm.ts';
import type { CrmTokens } from './domain/crm-tokens.ts';
import { KithError } from './lib/errors.ts';
import type { OAuthApp, TokenSource } from './ports/oauth.ts';
import type { ConnectionFile } from './store/connection-file.ts';

const RENEW_BEFORE_MS = 5 * 60_000;
/** Of a token's whole life, where that is short. */
const RENEW_BEFORE_SHARE = 1 / 6;

export interface TokenKeeper extends TokenSource {
  /** Forgets what it holds: another installation has taken the place of the one that it knew, or none has. */
  reset(): void;
}

/**
 * Hands out the access token of an installation, and renews it before it ends. However many ask at once, there is one renewal,
 * also over several processes; what HubSpot gave is on disk before any of it is used, so that a crash never leaves a refresh
 * token that only HubSpot knows.
 */
export function createTokenKeeper(options: {
  readonly app: OAuthApp;
  readonly file: ConnectionFile;
  readonly now: () => Instant;
}): TokenKeeper {
  const { app, file, now } = options;
  let held: CrmTokens | null = null;
  let renewing: Promise<CrmTokens> | null = null;
  /** A refresh token that HubSpot refused for good, with what it said: it is not asked again. */
  let refused: { readonly refreshToken: string; readonly error: KithError } | null = null;

  function isFresh({ issuedAt, expiresAt }: CrmTokens): boolean {
    const margin = Math.min(RENEW_BEFORE_MS, (expiresAt - issuedAt) * RENEW_BEFORE_SHARE);
    return expiresAt - now() > margin;
  }

  async function stored(): Promise<CrmTokens> {
    const tokens = await file.read();
    if (tokens === null) throw notConnected();
    return tokens;
  }

  async function renew(unwanted: string | null): Promise<CrmTokens> {
    return file.exclusively(async () => {
      const before = await stored();
      // Somebody else has renewed, or connected anew, since this token was handed out.
      if (before.accessToken !== unwanted && isFresh(before)) return before;
      if (refused?.refreshToken === before.refreshToken) throw refused.error;
      try {
        const after = await app.refresh(before);
        await file.save(after);
        return after;
      } catch (error) {
        if (error instanceof KithError && error.code === 'crm-not-connected')
          refused = { refreshToken: before.refreshToken, error };
        // A token that still holds is used until a renewal goes well.
        else if (before.accessToken !== unwanted && before.expiresAt > now() && isPassing(error)) return before;
        throw error;
      }
    });
  }

  function renewOnce(unwanted: string | null): Promise<CrmTokens> {
    renewing ??= renew(unwanted)
      .then((tokens) => {
        held = tokens;
        return tokens;
      })
      .finally(() => {
        renewing = null;
      });
    return renewing;
  }

  async function fresh(): Promise<CrmTokens> {
    held ??= await stored();
    return isFresh(held) ? held : renewOnce(null);
  }

  return {
    account: async () => `${app.id} in ${(held ?? (await stored())).portalId}`,
    current: async () => (await fresh()).accessToken,
    async renewed(unwanted) {
      if (held !== null && held.accessToken !== unwanted && isFresh(held)) return held.accessToken;
      let tokens = await renewOnce(unwanted);
      // Joined a renewal that had begun before the refusal was known.
      if (tokens.accessToken === unwanted) tokens = await renewOnce(unwanted);
      if (tokens.accessToken === unwanted)
        throw new KithError('crm-not-connected', {
          en: "HubSpot refuses the access token that it gave out; run 'kith connect hubspot' again",
          zh: 'HubSpot 拒绝了它自己发放的访问令牌；请重新运行 kith connect hubspot',
        });
      return tokens.accessToken;
    },
    reset() {
      held = null;
    },
    async grant() {
      const { expiresAt, scopes } = await fresh();
      return { expiresAt, scopes };
    },
  };
}

/** Whether it may go better in a minute. */
function isPassing(error: unknown): boolean {
  return error instanceof KithError && ['crm-unreachable', 'crm-limit', 'crm-answer'].includes(error.code);
}

export function notConnected(): KithError {
  return new KithError('crm-not-connected', {
    en: "Kith is not connected to HubSpot yet; run 'kith connect hubspot' and open the link that it prints",
    zh: 'Kith 尚未连接到 HubSpot；请运行 kith connect hubspot 并打开它给出的链接',
  });
}
