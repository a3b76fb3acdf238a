import { z } from 'zod';
import type { Instant } from '../domain/crm.ts';
import type { PropertyDrift } from './crm.ts';

const textSchema = z.object({ en: z.string(), zh: z.string() });

/** One thing that the doctor looked at. `advice` is worth doing and stops nothing; a `problem` keeps something from working. */
export const findingSchema = z.object({
  state: z.enum(['ok', 'advice', 'problem']),
  what: textSchema,
  /** The next step; null when there is nothing to do. */
  next: textSchema.nullable(),
});
export type Finding = Readonly<z.infer<typeof findingSchema>>;

/** What a scope is for: nothing works without `sync`'s; the others are optional. */
export type ScopeUse = 'sync' | 'write-back' | 'engagements';

/** What a CRM tells about the token, the account, and what may be done there. */
export interface CrmCheckup {
  /** `static`: of a service key or private app, valid until it is withdrawn; `oauth`: short-lived, for one installation. */
  readonly tokenKind: 'static' | 'oauth' | 'unknown';
  /** What an installation by OAuth was granted, which is renewed by itself; null for a token that was set. */
  readonly grant: { readonly expiresAt: Instant; readonly scopes: readonly string[] } | null;
  readonly account: { readonly portalId: string; readonly currency: string; readonly timeZone: string };
  /** How many kinds of call were tried. */
  readonly tried: number;
  /** One entry a refusal; any one of its names would do. */
  readonly missingScopes: readonly { readonly names: readonly string[]; readonly use: ScopeUse }[];
  /** Calls that came to nothing, and why. */
  readonly untold: readonly { readonly call: string; readonly reason: string }[];
  /** Null when they may not be read. */
  readonly pipelines: readonly { readonly label: string; readonly wonStages: readonly string[] }[] | null;
  /** How far the CRM's clock is ahead of ours, in ms; null when its answers carry no date. */
  readonly clockAheadMs: number | null;
  readonly daily: { readonly used: number; readonly limit: number } | null;
  /** Kith's own properties that are not as Kith defines them. */
  readonly drift: readonly (PropertyDrift & { readonly type: string })[];
}

/** What a chat tells about the bot. */
export interface ChatCheckup {
  /** `@kith in Acme` */
  readonly name: string;
  /** Where Kith is added by OAuth; null where a token was set. */
  readonly installUrl: string | null;
  readonly missingScopes: readonly { readonly name: string; readonly isNeeded: boolean }[];
  /** Null when there was none to try. */
  readonly appToken: 'works' | { readonly problem: string } | null;
  readonly channels: readonly ChannelCheckup[];
}

export interface ChannelCheckup {
  /** Or 'admin', the channel of those who look after Kith, or 'management', the monthly report's. */
  readonly department: string;
  readonly id: string;
  /** '' when the chat does not tell. */
  readonly name: string;
  readonly state: 'member' | 'not-member' | 'archived' | 'unknown-channel' | 'shared-externally' | 'untold';
}

/** The doctor's questions to the outside; each rejects with a KithError when there is no answer at all. */
export interface DoctorProbes {
  /** Null without a token. */
  readonly crm: (() => Promise<CrmCheckup>) | null;
  readonly chat: ((channels: Readonly<Record<string, string>>) => Promise<ChatCheckup>) | null;
  /** What answers at `<address>/healthz`; null for nothing. */
  health(address: string): Promise<{ readonly status: number; readonly instance: string } | null>;
}
