import { createHmac, timingSafeEqual } from 'node:crypto';
import type { StateStore } from '@slack/bolt';
import { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';
import type { Text } from '../../src/lib/text.ts';

/** How long a person may take on Slack's page. */
const STATE_LIFETIME_MS = 10 * 60_000;
const KEY_BYTES = 32;
const NONCE_BYTES = 16;

const claimSchema = z.strictObject({
  nonce: z.string(),
  expiresAt: z.number(),
  language: z.string(),
  /** Whose installation it is, where several have one way back; '' for one of nobody's yet. */
  tenant: z.string(),
});

/**
 * The states of installations that were begun: signed with a key of this process, so that whoever only looks at the page costs no
 * memory; good once, and for ten minutes.
 */
export function createInstallStates(options: {
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly now: () => number;
  readonly randomBytes: (count: number) => Buffer;
  readonly tenant: string;
  /** Of all processes that take people back, where they are several; absent: one of this process alone. */
  readonly key?: Buffer;
}): StateStore {
  const { now, randomBytes, redirectUri, tenant } = options;
  const scopes = [...options.scopes];
  const key = options.key ?? randomBytes(KEY_BYTES);
  /** Those that came back, by when they end. */
  const used = new Map<string, number>();
  const sign = (claim: string): Buffer => createHmac('sha256', key).update(claim).digest();

  return {
    async generateStateParam({ metadata = '' }) {
      const nonce = randomBytes(NONCE_BYTES).toString('base64url');
      const claim = JSON.stringify({ nonce, expiresAt: now() + STATE_LIFETIME_MS, language: metadata, tenant });
      const text = Buffer.from(claim).toString('base64url');
      return `${text}.${sign(text).toString('base64url')}`;
    },
    async verifyStateParam(_, state) {
      const [text = '', signature = ''] = state.split('.');
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(text);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
        throw new KithError('chat-refused', UNKNOWN);
      const { nonce, expiresAt, language } = claimSchema.parse(
        JSON.parse(Buffer.from(text, 'base64url').toString('utf8')),
      );
      for (const [one, end] of used) if (now() >= end) used.delete(one);
      if (used.has(nonce)) throw new KithError('chat-refused', USED);
      if (now() >= expiresAt) throw new KithError('chat-refused', EXPIRED);
      used.set(nonce, expiresAt);
      return { scopes, redirectUri, metadata: language };
    },
  };
}

/** The language in which an installation was begun, of any state that names one; '' otherwise. */
export function languageIn(state: string): string {
  return claimIn(state)?.language ?? '';
}

/** Whose installation it claims to be, which its owner then checks; null for no state of Kith's. */
export function tenantIn(state: string): string | null {
  return claimIn(state)?.tenant ?? null;
}

function claimIn(state: string): z.infer<typeof claimSchema> | undefined {
  try {
    const claim: unknown = JSON.parse(Buffer.from(state.split('.', 1)[0] ?? '', 'base64url').toString('utf8'));
    return claimSchema.safeParse(claim).data;
  } catch {
    return undefined;
  }
}

export const UNKNOWN: Text = {
  en: 'This answer of Slack does not belong to an installation that was begun in this browser, and nothing was changed; start again from the install page',
  zh: '此次返回不属于在本浏览器中发起的安装，未做任何更改；请从安装页面重新开始',
};
const USED: Text = {
  en: 'This answer of Slack was used before, and nothing was changed now; if the first page said that it is done, it is: else start again from the install page',
  zh: '此次返回已经使用过，本次未做任何更改；如果第一次的页面显示已完成，则无需操作，否则请从安装页面重新开始',
};
const EXPIRED: Text = {
  en: 'The installation was begun more than 10 minutes ago, and nothing was changed; start again from the install page',
  zh: '此次安装发起已超过 10 分钟，未做任何更改；请从安装页面重新开始',
};
