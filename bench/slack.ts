import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StandInSlack, startStandInSlack } from '../demo/slack/start-stand-in-slack.ts';
import { commandListings } from '../src/app.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import type { FillOrder, FillReport } from './fill-process.ts';
import { runProcess } from './run-process.ts';
import type { SlackAnswer, SlackOrder, SlackWork } from './slack-process.ts';

const CUSTOMERS = 10_000;
const PORTAL = 'folder-bench';
const PEOPLE = 50;
/** Where people talk, and where digests go. */
const TALK = 5;
const DIGESTS = 200;
const ANALYSES = 3;
const ACK_S = 0.5;
const ANSWER_S = 1.5;
/** Between two waves of questions, and between two questions. */
const WAVE_MS = 1500;
const QUESTION_MS = 400;
const ANSWERED_WITHIN_MS = 60_000;

/** How soon people are answered while Kith is busy: fifty at once during analyses, one after the other during a large delivery. */
export async function benchSlack(options: BenchOptions): Promise<readonly BenchRow[]> {
  const customers = options.records ?? CUSTOMERS;
  const dataDir = await mkdtemp(join(tmpdir(), 'kith-bench-'));
  const people = Array.from({ length: PEOPLE }, (_, i) => `U0${String(i).padStart(3, '0')}`);
  const talk = Array.from({ length: TALK }, (_, i) => `C0TALK${i}`);
  const digests = Array.from({ length: DIGESTS }, (_, i) => `C0D${String(i).padStart(3, '0')}`);
  const slack = await openSlack(people, [...talk, ...digests]);
  try {
    await runProcess<FillOrder, FillReport>('./fill-process.ts', { dataDir, portalId: PORTAL, customers });
    const { botToken, appToken, apiUrl } = slack;
    const order = { dataDir, portalId: PORTAL, botToken, appToken, apiUrl };
    const kith = await runProcess<SlackOrder, object>('./slack-process.ts', order);
    // The process answers each message of SlackWork with a SlackAnswer.
    const ask = async (work: SlackWork): Promise<SlackAnswer> => (await kith.ask(work)) as SlackAnswer;
    const asking = createAsking(slack, people, talk, customers);
    await asking.wave(TALK);
    const during = await whileAnalysing(asking, ask);
    const delivered = await whileDelivering(asking, ask, digests);
    await ask({ work: 'stop' });
    kith.stop();
    const posted = digests.map((id) => slack.messages(id).filter(({ text }) => text.includes(`[${id}]`)).length);
    return [ackRow(customers, during), answerRow(customers, delivered, posted)];
  } finally {
    await slack.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Asked {
  readonly isAcknowledged: boolean;
  readonly ackMs: number;
  /** Until the whole answer stood there; null when none came. */
  readonly answerMs: number | null;
}

interface Asking {
  one(): Promise<Asked>;
  /** So many at the same time. */
  wave(questions: number): Promise<readonly Asked[]>;
}

function createAsking(
  slack: StandInSlack,
  people: readonly string[],
  talk: readonly string[],
  customers: number,
): Asking {
  let asked = 0;
  async function one(): Promise<Asked> {
    const number = asked++;
    const userId = people[number % people.length]!;
    const channelId = talk[number % talk.length]!;
    const command = ['/customer', '/churn-risk'][number % 2]!;
    // Each question is another one, so that its answer is known by it.
    const text = `Company ${(number * 37) % customers}`;
    const since = performance.now();
    const seen = slack
      .waitForMessage(
        ({ ephemeralFor, cause, text: said }) =>
          ephemeralFor === userId && cause?.text === `${command} ${text}` && !/^(?:Still w|W)orking on it/.test(said),
        ANSWERED_WITHIN_MS,
      )
      .then(
        // A sentence alone is no answer: it says why there is none.
        ({ blocks }) => (blocks.length > 0 ? performance.now() - since : null),
        () => null,
      );
    const { outcome, afterMs } = await slack.runCommand({ userId, channelId, command, text });
    return { isAcknowledged: outcome === 'acknowledged', ackMs: afterMs, answerMs: await seen };
  }
  return { one, wave: (questions) => Promise.all(Array.from({ length: questions }, one)) };
}

interface Measured {
  readonly asked: readonly Asked[];
  readonly answer: SlackAnswer;
}

async function whileAnalysing(asking: Asking, ask: (work: SlackWork) => Promise<SlackAnswer>): Promise<Measured> {
  let isOver = false;
  const working = ask({ work: 'analyse', times: ANALYSES }).finally(() => {
    isOver = true;
  });
  const asked: Asked[] = [];
  while (!isOver) {
    asked.push(...(await asking.wave(PEOPLE)));
    await pause(WAVE_MS);
  }
  return { asked, answer: await working };
}

async function whileDelivering(
  asking: Asking,
  ask: (work: SlackWork) => Promise<SlackAnswer>,
  channels: readonly string[],
): Promise<Measured> {
  let isOver = false;
  const working = ask({ work: 'deliver', channels }).finally(() => {
    isOver = true;
  });
  const asked: Promise<Asked>[] = [];
  while (!isOver) {
    asked.push(asking.one());
    await pause(QUESTION_MS);
  }
  return { asked: await Promise.all(asked), answer: await working };
}

function ackRow(customers: number, { asked, answer }: Measured): BenchRow {
  const acks = asked.map(({ ackMs }) => ackMs / 1000);
  const p99 = quantile(acks, 0.99);
  const same = asked.every(({ isAcknowledged, answerMs }) => isAcknowledged && answerMs !== null);
  const answers = asked.flatMap(({ answerMs }) => (answerMs === null ? [] : [answerMs / 1000]));
  return {
    work: `99 of 100 commands acknowledged, ${PEOPLE} at once while ${ANALYSES} runs of all analyses of ${customers.toLocaleString('en')} customers go on`,
    peer: 'half a second',
    ours_s: rounded(p99),
    theirs_s: ACK_S,
    ratio: rounded(p99 / ACK_S),
    reach: 1,
    same_result: same,
    ok: same && p99 < ACK_S,
    note: `${asked.length} commands in ${answer.seconds.toFixed(1)} s of analyses; acknowledged after ${ms(quantile(acks, 0.5))} ms at the median, ${ms(quantile(acks, 1))} at the most; answered after ${ms(quantile(answers, 0.5))} ms at the median, ${ms(quantile(answers, 0.95))} at the 95th percentile; ${load()}`,
  };
}

function answerRow(customers: number, { asked, answer }: Measured, posted: readonly number[]): BenchRow {
  const answers = asked.flatMap(({ answerMs }) => (answerMs === null ? [] : [answerMs / 1000]));
  const p95 = quantile(answers, 0.95);
  const isOnce = posted.every((times) => times === 1) && answer.states.sent === posted.length;
  const same = isOnce && answers.length === asked.length;
  return {
    work: `95 of 100 commands answered while a digest goes to ${posted.length} channels of a Slack that takes one message a second, ${customers.toLocaleString('en')} customers`,
    peer: 'a second and a half',
    ours_s: rounded(p95),
    theirs_s: ANSWER_S,
    ratio: rounded(p95 / ANSWER_S),
    reach: 1,
    same_result: same,
    ok: same && p95 < ANSWER_S,
    note: `${asked.length} commands in the ${answer.seconds.toFixed(0)} s of the delivery, answered after ${ms(quantile(answers, 0.5))} ms at the median, ${ms(quantile(answers, 1))} at the most; ${posted.filter((times) => times === 1).length} channels have their digest once; ${load()}`,
  };
}

/** Nearest rank. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.POSITIVE_INFINITY
  );
}

const pause = (milliseconds: number): Promise<void> => new Promise((wake) => setTimeout(wake, milliseconds));
const ms = (seconds: number): string => (seconds * 1000).toFixed(0);
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const load = (): string => `load of the machine ${loadavg()[0]!.toFixed(1)}`;

function openSlack(people: readonly string[], channels: readonly string[]): Promise<StandInSlack> {
  return startStandInSlack({
    workspace: {
      users: people.map((id) => ({
        id,
        name: id.toLowerCase(),
        realName: id,
        email: '',
        role: '',
        tz: 'UTC',
        locale: 'en-GB',
      })),
      channels: channels.map((id) => ({
        id,
        name: id.toLowerCase(),
        purpose: '',
        members: people,
        isExtShared: false,
      })),
      commands: commandListings.map(({ name, summary, usage }) => ({
        command: `/${name}`,
        description: summary.en,
        usageHint: usage,
      })),
    },
    postsPerSecond: 1,
  });
}
