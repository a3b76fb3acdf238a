import type { Acknowledgement, StandInMessage } from '../../demo/slack/stand-in-types.ts';
import type { StandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { TEXTS } from '../../integrations/slack/texts.ts';
import { actionOf } from '../../integrations/slack/to-blocks.ts';
import type { Act } from './service-people.ts';

/** What came of what people did. */
export interface Heard {
  readonly acts: number;
  readonly answered: number;
  /** Told that too much was asked at once. */
  readonly refused: number;
  /** Told that something failed, or told nothing. */
  readonly failed: number;
  readonly waiting: number;
  /** What failures said, and how often. */
  readonly failures: ReadonlyMap<string, number>;
  readonly ackMs: readonly number[];
  readonly answerMs: readonly number[];
}

const MOST_EARLY = 1_000;
const ANSWER_WITHIN_MS = 120_000;
const FAILED = [...Object.values(TEXTS.failed), ...Object.values(TEXTS.couldNot), ...Object.values(TEXTS.askedBefore)];
const BUSY = /still working on your last|仍在处理您最近|turn did not come within|未能轮到此问题/;
const TURNED_AWAY: readonly string[] = Object.values(TEXTS.tooMany);
const UNFINISHED = /^(?:Working on it|正在处理)/;
const STILL = new Set<string>(Object.values(TEXTS.stillWorking));

/** Listens to the workspace, and finds to each act what came of it. */
export function createHearing(slack: StandInSlack, saw: (message: StandInMessage) => void) {
  const count = { acts: 0, answered: 0, refused: 0, failed: 0 };
  const failures = new Map<string, number>();
  const [ackMs, answerMs]: [number[], number[]] = [[], []];
  /** Since when an act waits, by what its answer is known by. */
  const waiting = new Map<string, { readonly since: number; readonly userId: string }>();
  /** Of clicks that wait, by the path that their answers come by. */
  const clicked = new Map<string, string>();
  /** What was said in threads that nobody was known to wait in: a question's answer may come before its own message is known. */
  const early = new Map<string, string>();
  let clicks = 0;

  function fail(reason: string): void {
    count.failed += 1;
    // References differ; what happened does not.
    const what = reason.replace(/\([^()]*\)\s*$/, '').slice(0, 160);
    failures.set(what, (failures.get(what) ?? 0) + 1);
  }

  function settle(key: string, text: string): void {
    const one = waiting.get(key);
    if (one === undefined) return;
    waiting.delete(key);
    if (BUSY.test(text) || TURNED_AWAY.includes(text)) count.refused += 1;
    else if (FAILED.some((words) => text.startsWith(words))) fail(text);
    else count.answered += 1;
    answerMs.push(performance.now() - one.since);
  }

  /** What is shared stands in the channel and names no click: the one that waits the longest is taken to be answered. */
  const oldestShare = (channelId: string): string | undefined =>
    [...waiting.keys()].find((key) => key.startsWith(`click share ${channelId} `));

  function appSaid(message: StandInMessage): void {
    const { channel, ts, threadTs, cause, text, ephemeralFor, responsePath } = message;
    if (cause !== null) {
      const key = `${channel} ${ts}`;
      waiting.set(key, { since: performance.now(), userId: cause.user });
      if (!UNFINISHED.test(text)) settle(key, text);
      return;
    }
    const thread = `${channel} ${threadTs}`;
    if (threadTs !== null && waiting.has(thread)) {
      settle(thread, text);
      return;
    }
    if (threadTs !== null) {
      if (early.size > MOST_EARLY) early.clear();
      early.set(thread, text);
    }
    const click =
      responsePath !== null
        ? clicked.get(responsePath)
        : ephemeralFor === null && !channel.startsWith('D')
          ? oldestShare(channel)
          : undefined;
    if (responsePath !== null) clicked.delete(responsePath);
    if (click !== undefined) settle(click, text);
  }

  const stop = slack.listen((event) => {
    if (event.kind === 'home') settle(`home ${event.view.user}`, '');
    if (!('message' in event) || event.message.user !== slack.botUserId) return;
    const { channel, ts, text } = event.message;
    if (event.kind !== 'removed') saw(event.message);
    if (event.kind === 'added') appSaid(event.message);
    // A public answer takes the acknowledgement away.
    else if (event.kind === 'removed') settle(`${channel} ${ts}`, '');
    else if (!STILL.has(text)) settle(`${channel} ${ts}`, text);
  });

  async function acknowledged(act: Promise<Acknowledgement>): Promise<boolean> {
    const { outcome, afterMs } = await act;
    ackMs.push(afterMs);
    if (outcome !== 'acknowledged') fail(`not acknowledged: ${outcome}`);
    return outcome === 'acknowledged';
  }

  return {
    /** Does it; what comes of it is heard later. */
    async act(act: Act): Promise<void> {
      count.acts += 1;
      const since = performance.now();
      const { userId } = act;
      switch (act.kind) {
        case 'command':
          // Its acknowledgement is the message that its answer replaces.
          await acknowledged(slack.runCommand(act));
          return;
        case 'question': {
          const { channel, ts } = await slack.postAsUser(act);
          const key = `${channel} ${ts}`;
          waiting.set(key, { since, userId });
          const told = early.get(key);
          if (told !== undefined) settle(key, told);
          early.delete(key);
          return;
        }
        case 'click': {
          const { actionId, value, channelId, ts } = act;
          const key = `click ${actionOf(actionId)} ${channelId} ${clicks++}`;
          waiting.set(key, { since, userId });
          // It may have scrolled out of what the workspace remembers.
          if (!slack.messages(channelId).some((message) => message.ts === ts)) {
            settle(key, '');
            return;
          }
          const delivered = slack.clickButton({ userId, channelId, ts, actionId, value });
          const isTaken = await acknowledged(delivered);
          const { responsePath } = await delivered;
          if (!isTaken) waiting.delete(key);
          else if (responsePath !== undefined) clicked.set(responsePath, key);
          return;
        }
        case 'home': {
          const key = `home ${userId}`;
          if (waiting.has(key)) {
            count.answered += 1;
            return;
          }
          waiting.set(key, { since, userId });
          if (!(await acknowledged(slack.openHome(userId)))) waiting.delete(key);
          return;
        }
      }
    },
    /** How many of the person's acts wait for an answer. */
    waitingOf: (userId: string) => [...waiting.values()].filter((one) => one.userId === userId).length,
    /** What has waited too long is taken to have failed. */
    giveUp(afterMs = ANSWER_WITHIN_MS): void {
      for (const [key, { since }] of waiting) {
        if (performance.now() - since < afterMs) continue;
        waiting.delete(key);
        fail(`no answer: ${key}`);
      }
    },
    heard: (): Heard => ({ ...count, waiting: waiting.size, failures, ackMs, answerMs }),
    stop,
  };
}
