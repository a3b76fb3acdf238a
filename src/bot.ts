import { digests } from './digests/index.ts';
import { deliver } from './jobs/deliver.ts';
import { createJobDesk, createJobRecords, type Job } from './jobs/job.ts';
import { createScheduler } from './jobs/scheduler.ts';
import { sendDigest } from './jobs/send-digest.ts';
import type { Asker, Kith, Workspace } from './kith.ts';
import { messageOf } from './lib/errors.ts';
import { type Language, say } from './lib/text.ts';
import type { ChatHandlers, ChatRequest } from './ports/chat.ts';
import type { Progress } from './ports/job-runner.ts';
import { listOwners } from './privacy/owners.ts';
import { viewerFor } from './privacy/viewer.ts';
import { formatInstant } from './report/format.ts';

const MINUTE_MS = 60_000;

/** Kith in Slack: answers, schedules, deliveries. */
export interface Bot {
  /** Runs one of the scheduled jobs now, to its end. */
  runJob(name: string): Promise<void>;
  /** Takes no new work, lets what runs finish, and disconnects. */
  stop(): Promise<void>;
}

/** Connects to the chat, then arms the schedules of one portal. */
export async function startBot(kith: Kith, at: Workspace, progress: Progress): Promise<Bot> {
  const { logger, now } = kith;
  let notReady = 'connecting to Slack';
  const listener = kith.listener(() => ({ ok: notReady === '', reason: notReady }));
  const chat = kith.chat(at, listener.mount);
  const { portal, account, outbox } = at;
  let asOf = await newestAsOf(at);

  async function askerOf(request: ChatRequest): Promise<Asker & { inChannel: boolean }> {
    const state = at.state();
    const viewer = viewerFor(request, state, await listOwners(portal));
    const inChannel = viewer.place.kind === 'department';
    const own = state.people[request.userId]?.language ?? request.userLanguage;
    return {
      viewer,
      inChannel,
      language: inChannel ? state.language : own,
      timeZone: inChannel ? account.timeZone : request.userTimeZone,
    };
  }

  const handlers: ChatHandlers = {
    commands: kith.commands,
    actions: kith.actions,
    acknowledgement: ({ userId, userLanguage, userTimeZone }) =>
      acknowledgement(at.state().people[userId]?.language ?? userLanguage, asOf, userTimeZone),
    async answer(request) {
      const asker = await askerOf(request);
      const report = await kith.command(at, asker, request.command, request.text);
      await at.audit.append({
        actor: request.userId,
        act: 'asked',
        subject: request.command,
        details: { channel: request.channelId },
      });
      return { report, visibility: asker.inChannel ? 'channel' : 'only-you' };
    },
    async act(request) {
      const asker = await askerOf(request);
      const report = await kith.action(at, asker, request.action, request.value);
      await at.audit.append({
        actor: request.userId,
        act: 'clicked',
        subject: request.action,
        details: { value: request.value },
      });
      return { report, visibility: 'only-you' };
    },
  };

  const { schedules } = at.state();
  const deliverNow = async (signal?: AbortSignal): Promise<string> => {
    const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));
    const count = await deliver({ chat, outbox, sleep, ...(signal === undefined ? {} : { signal }) });
    return `${count.sent} sent, ${count.waiting} waiting, ${count.refused} refused, ${count.uncertain} uncertain`;
  };
  const jobs: Job[] = [
    {
      name: 'sync',
      schedule: schedules.sync,
      timeoutMs: 6 * 60 * MINUTE_MS,
      async run({ signal }) {
        const { counts, calls, rejected } = await kith.sync({ full: false, progress, signal });
        const records = Object.values(counts).reduce((sum, count) => sum + count, 0);
        return `${records} records in ${calls} calls, ${rejected} refused`;
      },
    },
    {
      name: 'analyse',
      schedule: schedules.analyse,
      timeoutMs: 60 * MINUTE_MS,
      async run() {
        const run = await kith.analyse(at, { asOf: null, only: [], progress });
        asOf = run.asOf;
        return `run ${run.id}, as of ${new Date(run.asOf).toISOString()}`;
      },
    },
    {
      name: 'write-back',
      schedule: schedules.writeBack,
      timeoutMs: 60 * MINUTE_MS,
      async run() {
        const dryRun = !at.state().writeBackApproved;
        const { changed, written } = await kith.writeBack(at, { dryRun, progress });
        return dryRun
          ? `${changed} records would change; nothing is written until it is approved`
          : `${written} of ${changed} records written`;
      },
    },
    ...digests.map(
      (digest): Job => ({
        name: digest.name,
        schedule: schedules[digest.schedule],
        timeoutMs: 10 * MINUTE_MS,
        async run({ signal }) {
          const { note } = await sendDigest({ portal, account, state: at.state(), digest, outbox, now });
          return `${note}; ${await deliverNow(signal)}`;
        },
      }),
    ),
    { name: 'deliver', schedule: '* * * * *', timeoutMs: 10 * MINUTE_MS, run: ({ signal }) => deliverNow(signal) },
  ];

  const records = createJobRecords(portal);
  const desk = createJobDesk({ records, progress, now });
  const scheduler = createScheduler({ jobs, timeZone: account.timeZone, desk, records, logger, now });
  kith.showJobs(scheduler.status);

  const uncertain = await outbox.recover();
  if (uncertain > 0)
    logger.warn(
      `${uncertain} messages were being sent when Kith stopped; whether they arrived is not known, so they are not repeated`,
    );
  try {
    await chat.start(handlers);
    await listener.open();
    await scheduler.start();
  } catch (error) {
    await chat.stop();
    await listener.close();
    throw error;
  }
  notReady = '';
  return {
    runJob: scheduler.runNow,
    async stop() {
      await scheduler
        .stop()
        .catch((error: unknown) => logger.error(`The schedules did not stop cleanly: ${messageOf(error)}`));
      await chat.stop();
      await listener.close();
    },
  };
}

async function newestAsOf(at: Workspace): Promise<number | null> {
  const [run] = await at.portal.results.runs(1);
  return run?.asOf ?? null;
}

function acknowledgement(language: Language, asOf: number | null, timeZone: string): string {
  if (asOf === null) return say(language, { en: 'Working on it…', zh: '正在处理…' });
  const instant = formatInstant(language, asOf, timeZone);
  return say(language, { en: `Working on it (data as of ${instant})…`, zh: `正在处理（数据截至 ${instant}）…` });
}
