import type { WebClient } from '@slack/web-api';
import type { Logger } from '../../src/lib/logger.ts';
import type { ChatHandlers } from '../../src/ports/chat.ts';
import type { Channels } from './channels.ts';
import type { Claim } from './first-times.ts';
import type { InFlight } from './in-flight.ts';
import type { People } from './people.ts';
import type { Replies } from './reply.ts';
import type { Origin } from './requests.ts';
import type { Serving } from './serve.ts';

/** What every listener works with. */
export interface Listening extends Serving {
  readonly handlers: ChatHandlers;
  readonly homeTeamId: string;
  readonly botUserId: string;
  /** Answers to people. */
  readonly client: WebClient;
  readonly people: People;
  readonly channels: Channels;
  readonly replies: Replies;
  readonly inFlight: InFlight;
  readonly logger: Logger;
  readonly claim: (id: string) => Claim;
  readonly isStopping: () => boolean;
  readonly refreshHome: (origin: Origin) => void;
  /** The app was taken out of the workspace. */
  readonly removed: () => void;
  readonly now: () => number;
}
