import { createHash, timingSafeEqual } from 'node:crypto';
import type { Instant } from './domain/crm.ts';
import type { CrmTokens } from './domain/crm-tokens.ts';
import { KithError } from './lib/errors.ts';
import type { Text } from './lib/text.ts';
import type { CallbackAnswer, CallbackQuery, OAuthApp } from './ports/oauth.ts';
import type { ConnectionFile } from './store/connection-file.ts';

/** How long an install link waits for somebody to open it. */
export const LINK_LIFETIME_MS = 10 * 60_000;
const STATE_BYTES = 32;

/** An install link, and what becomes of it. */
export interface InstallLink {
  readonly link: string;
  /** The installation, stored; rejects with the reason when there is none. */
  readonly connected: Promise<CrmTokens>;
}

/** The dance of an installation: a link with a state that only it knows, and HubSpot's answer to it. */
export interface Connecting {
  begin(redirectUri: string): InstallLink;
  /** What HubSpot sent a person back with. Only a state of ours, in time and for the first time, does anything. */
  take(query: CallbackQuery): Promise<CallbackAnswer>;
}

interface Waiting {
  readonly digest: Buffer;
  readonly expiresAt: Instant;
  readonly redirectUri: string;
  isUsed: boolean;
  settle(outcome: CrmTokens | KithError): void;
}

export function createConnecting(options: {
  readonly app: OAuthApp;
  readonly file: ConnectionFile;
  readonly now: () => Instant;
  readonly randomBytes: (count: number) => Buffer;
  /** Told of a new installation once it is stored. */
  readonly connected: () => void;
  /** Whose it is, where several tenants have one way back: told in the state, whose secret part only its owner knows. */
  readonly tenant?: string | null;
}): Connecting {
  const { app, file, now, tenant = null } = options;
  let waiting: Waiting[] = [];

  /** Every state is compared, in a time that tells nothing of any. */
  function find(state: string): Waiting | null {
    const digest = digestOf(state);
    let found: Waiting | null = null;
    for (const one of waiting) if (timingSafeEqual(one.digest, digest)) found = one;
    return found;
  }

  async function install({ error, code }: CallbackQuery, redirectUri: string): Promise<CrmTokens> {
    if (error === 'access_denied') throw new Refused('not-allowed', DECLINED);
    if (error !== '' || code === '') throw new Refused('crm-auth', FAILED_THERE);
    const tokens = await app.exchange(code, redirectUri);
    const missing = app.neededScopes.filter((scope) => !tokens.scopes.includes(scope));
    if (missing.length > 0) throw new Refused('crm-scope', lacking(missing));
    await file.exclusively(async () => {
      const known = await file.read().catch((reason: unknown) => {
        // One that opens no more is worth nothing, and is what people connect again for.
        if (reason instanceof KithError) return null;
        throw reason;
      });
      if (known !== null && known.portalId !== tokens.portalId)
        throw new Refused('usage', otherPortal(known.portalId, tokens.portalId));
      await file.save(tokens);
    });
    options.connected();
    return tokens;
  }

  return {
    begin(redirectUri) {
      const secret = options.randomBytes(STATE_BYTES).toString('base64url');
      const state = tenant === null ? secret : `${tenant}.${secret}`;
      const expiresAt = now() + LINK_LIFETIME_MS;
      // Those that have ended are kept for as long again, to be told from those that never were.
      waiting = waiting.filter((one) => now() < one.expiresAt + LINK_LIFETIME_MS);
      const connected = new Promise<CrmTokens>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Refused('job-timeout', NOBODY_CAME)), LINK_LIFETIME_MS);
        waiting.push({
          digest: digestOf(state),
          expiresAt,
          redirectUri,
          isUsed: false,
          settle(outcome) {
            clearTimeout(timer);
            if (outcome instanceof KithError) reject(outcome);
            else resolve(outcome);
          },
        });
      });
      return { link: app.link(redirectUri, state), connected };
    },
    async take(query) {
      const one = find(query.state);
      if (one === null) return { isDone: false, text: UNKNOWN };
      if (one.isUsed) return { isDone: false, text: USED };
      if (now() >= one.expiresAt) return { isDone: false, text: EXPIRED };
      one.isUsed = true;
      try {
        const tokens = await install(query, one.redirectUri);
        one.settle(tokens);
        return { isDone: true, text: done(tokens.portalId) };
      } catch (error) {
        one.settle(error instanceof KithError ? error : new KithError('crm-auth', UNFINISHED.en, { cause: error }));
        return { isDone: false, text: error instanceof Refused ? error.text : UNFINISHED };
      }
    },
  };
}

/** A no that is told on the page too. */
class Refused extends KithError {}

function digestOf(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}

const AGAIN: Text = { en: "run 'kith connect hubspot' again", zh: '请重新运行 kith connect hubspot' };
const UNKNOWN: Text = {
  en: `Kith is not waiting for this link; nothing was changed: ${AGAIN.en} and open the link that it prints`,
  zh: `Kith 没有在等待此链接，未做任何更改；${AGAIN.zh}并打开它给出的链接`,
};
const USED: Text = {
  en: `This link was used before, and nothing was changed now; if the first page said that it is done, it is: else ${AGAIN.en}`,
  zh: `此链接已经使用过，本次未做任何更改；如果第一次的页面显示已完成，则无需操作，否则${AGAIN.zh}`,
};
const EXPIRED: Text = {
  en: `This link is older than 10 minutes, and nothing was changed; ${AGAIN.en}`,
  zh: `此链接已超过 10 分钟，未做任何更改；${AGAIN.zh}`,
};
const NOBODY_CAME: Text = {
  en: `Nobody opened the link and allowed the installation within 10 minutes; ${AGAIN.en}`,
  zh: `10 分钟内没有人打开链接并允许安装；${AGAIN.zh}`,
};
const DECLINED: Text = {
  en: `The installation was declined in HubSpot, and nothing was stored; ${AGAIN.en} when it is wanted`,
  zh: `安装在 HubSpot 中被拒绝，未保存任何内容；需要时${AGAIN.zh}`,
};
const FAILED_THERE: Text = {
  en: `HubSpot ended the installation without a code, and nothing was stored; ${AGAIN.en}`,
  zh: `HubSpot 结束了安装但没有给出授权码，未保存任何内容；${AGAIN.zh}`,
};
const UNFINISHED: Text = {
  en: "Kith could not finish connecting, and nothing was stored; the terminal of 'kith connect hubspot' says why",
  zh: 'Kith 未能完成连接，未保存任何内容；运行 kith connect hubspot 的终端会说明原因',
};

function done(portalId: string): Text {
  return {
    en: `Kith is connected to HubSpot portal ${portalId}; this page can be closed`,
    zh: `Kith 已连接到 HubSpot 账户 ${portalId}；可以关闭此页面`,
  };
}

export function lacking(scopes: readonly string[], again = AGAIN): Text {
  return {
    en: `The installation lacks scopes that Kith cannot do without, and nothing was stored; add them to the app in HubSpot and ${again.en}: ${scopes.join(', ')}`,
    zh: `此次安装缺少 Kith 必需的权限，未保存任何内容；请在 HubSpot 应用中添加后${again.zh}：${scopes.join(', ')}`,
  };
}

function otherPortal(known: string, other: string): Text {
  return {
    en: `This Kith is connected to HubSpot portal ${known}, and the link was allowed in portal ${other}; nothing was changed: choose portal ${known} in HubSpot, give portal ${other} a KITH_DATA_DIR of its own, or run 'kith disconnect hubspot' first`,
    zh: `此 Kith 已连接到 HubSpot 账户 ${known}，而链接是在账户 ${other} 中允许的，未做任何更改；请在 HubSpot 中选择账户 ${known}，或为账户 ${other} 另设 KITH_DATA_DIR，或先运行 kith disconnect hubspot`,
  };
}
