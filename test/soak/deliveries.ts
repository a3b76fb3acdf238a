import type { StandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { deliver } from '../../src/jobs/deliver.ts';
import { createOutbox, type Outbox } from '../../src/ledger/outbox.ts';
import { seededRandom } from '../../src/math/random.ts';
import type { Chat } from '../../src/ports/chat.ts';
import type { Report } from '../../src/report/report.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';

/** Kith's process ends here: nothing after it happens. */
class Crash extends Error {}

/** How often each kind of trouble strikes. */
const CRASHES = 0.012;
const ACCEPTED_THEN_500 = 0.02;
const FAILED_500 = 0.02;
const RATE_LIMITED = 0.05;
const QUEUED_TWICE = 0.1;
const AT_A_TIME = 20;
const SECOND_MS = 1000;

export interface DeliveriesOutcome {
  readonly sent: number;
  readonly uncertain: number;
  readonly crashes: number;
}

/**
 * Queues and delivers messages through everything that may happen to them, by a seed: the process ends before or after any step of
 * the outbox and of the chat, Slack takes a message and answers 500, fails, or asks to slow down, and messages are queued twice. Then
 * holds Slack's channels against the outbox: none is lost, none is there twice, and what is not known to have arrived is flagged.
 * Throws with the seed when that is not so.
 */
export async function runDeliveries(at: {
  readonly seed: number;
  readonly messages: number;
  readonly portal: PortalStore;
  readonly slack: StandInSlack;
  readonly chat: Pick<Chat, 'deliver'>;
  readonly channels: readonly string[];
  /** Lets the stand-in's time pass. */
  readonly pass: (ms: number) => void;
}): Promise<DeliveriesOutcome> {
  const { seed, messages, portal, slack, chat, channels, pass } = at;
  const now = () => Date.parse('2026-03-09T09:00:00Z');
  let crashes = 0;
  let isOver = false;
  // A message's luck is its own, whatever goes on beside it.
  const luck = new Map<string, () => number>();
  const strikes = (key: string, share: number): boolean => {
    const random = luck.get(key) ?? seededRandom(seed * 1_000_003 + Number(key.split('-')[1] ?? 0));
    luck.set(key, random);
    return random() < share;
  };

  /** The same call, but that the process may end before or after it; once it ended nothing happens any more. */
  async function mortal<Result>(key: string, call: () => Promise<Result>): Promise<Result> {
    if (isOver || strikes(key, CRASHES)) throw end();
    const result = await call();
    if (isOver || strikes(key, CRASHES)) throw end();
    return result;
  }
  function end(): Crash {
    isOver = true;
    return new Crash();
  }

  function start(): Outbox {
    const outbox = createOutbox(portal, now);
    return {
      ...outbox,
      enqueue: (message) => mortal(message.key, () => outbox.enqueue(message)),
      claim: (key) => mortal(key, () => outbox.claim(key)),
      settle: (key, settlement) => mortal(key, () => outbox.settle(key, settlement)),
    };
  }

  const troubled: Pick<Chat, 'deliver'> = {
    deliver: (message) =>
      mortal(message.key, () => {
        const method = 'chat.postMessage';
        if (strikes(message.key, ACCEPTED_THEN_500)) slack.setFault({ kind: 'accepted-then-500', method });
        else if (strikes(message.key, FAILED_500)) slack.setFault({ kind: 'failed-500', method });
        else if (strikes(message.key, RATE_LIMITED))
          slack.setFault({ kind: 'rate-limited', method, retryAfterSeconds: 1 });
        // Slack takes a message a second in a channel.
        pass(SECOND_MS);
        return chat.deliver(message);
      }),
  };

  const keys = Array.from({ length: messages }, (_, i) => `${seed}-${i}`);
  let next = 0;
  let outbox = start();
  for (;;) {
    try {
      // Whoever queues does not know whether it was queued when Kith stopped: the same is queued again.
      for (const until = Math.min(keys.length, next + AT_A_TIME); next < until; next++) {
        const key = keys[next]!;
        const message = {
          key,
          channelId: channels[next % channels.length]!,
          kind: 'digest' as const,
          report: reportOf(key),
        };
        await outbox.enqueue(message);
        if (strikes(key, QUEUED_TWICE)) await outbox.enqueue(message);
      }
      await deliver({ chat: troubled, outbox, sleep: async (ms) => pass(ms) });
      // The chat's errors are outcomes to a delivery; that the process is over is none.
      if (isOver) throw new Crash();
      if (next === keys.length && (await outbox.pending()).length === 0) break;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashes += 1;
      isOver = false;
      outbox = start();
      await outbox.recover();
    }
  }
  return { ...(await compare(at, keys)), crashes };
}

async function compare(
  { seed, portal, slack, channels }: Parameters<typeof runDeliveries>[0],
  keys: readonly string[],
): Promise<Omit<DeliveriesOutcome, 'crashes'>> {
  const said = new Map<string, string[]>();
  for (const channel of channels) {
    for (const { text, ts } of slack.messages(channel)) {
      const key = /\[(\d+-\d+)\]/.exec(text)?.[1];
      if (key !== undefined) said.set(key, [...(said.get(key) ?? []), ts]);
    }
  }
  const outbox = createOutbox(portal, () => 0);
  const entries = new Map((await outbox.recent(keys.length)).map((entry) => [entry.key, entry]));
  let sent = 0;
  let uncertain = 0;
  for (const key of keys) {
    const entry = entries.get(key) ?? null;
    const found = said.get(key) ?? [];
    const is = `seed ${seed}: message ${key} is ${entry?.state ?? 'lost'} in the outbox, and ${found.length} times in Slack`;
    if (entry === null || found.length > 1) throw new Error(is);
    if (entry.state === 'sent') {
      if (found[0] !== entry.messageId) throw new Error(`${is} (${found[0] ?? 'none'}, not ${entry.messageId})`);
      sent += 1;
    } else if (entry.state === 'uncertain') uncertain += 1;
    else throw new Error(is);
  }
  return { sent, uncertain };
}

function reportOf(key: string): Report {
  return { language: 'en', headline: `Digest [${key}]`, parts: [], trust: '' };
}
