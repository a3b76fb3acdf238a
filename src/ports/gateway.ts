import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Text } from '../lib/text.ts';

/** A request whose body was read to find out whose it is. */
export interface ReadCall {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

/** What became of a call that was given to its tenant. */
export type HandOver =
  /** It is answered. */
  | 'taken'
  /** The tenant is not served this moment, such as while it starts: nothing is answered yet. */
  | 'absent';

/** The one address of a chat's app for all tenants. */
export interface ChatGateway {
  /** The secret that the app's calls are signed with. */
  readonly signingSecret: string;
  readonly now: () => number;
  /** Whose workspace it is; null for nobody's. */
  tenantOf(teamId: string): Promise<string | null>;
  /** Gives the call to the tenant, wherever it is served. */
  hand(tenant: string, call: ReadCall, response: ServerResponse): Promise<HandOver>;
  /** What somebody is told whose workspace is nobody's. */
  readonly unknown: Text;
  onTrouble(reason: string): void;
}

/** The one address of a CRM's app for all tenants. */
export interface WebhookGateway {
  readonly secret: string;
  /** The process's address as the CRM calls it. */
  readonly publicUrl: string;
  readonly now: () => number;
  /** Gives events to their portals, wherever they are served: how many portals were known, and why some could not take theirs. */
  share(
    byPortal: ReadonlyMap<string, readonly unknown[]>,
    call: ReadCall,
  ): Promise<{ readonly known: number; readonly failed: string | null }>;
  onTrouble(reason: string): void;
}
