import { createChatHandlers } from './chat-handlers.ts';
import { digests } from './digests/index.ts';
import { createDeliveryDesk } from './jobs/delivery-desk.ts';
import { finishErasures } from './jobs/erase.ts';
import { createJobDesk, createJobRecords, type Job } from './jobs/job.ts';
import {
  hintsNote,
  notInSlackNote,
  playbooksNote,
  reconciliationNote,
  runNote,
  subscriptionsNote,
  syncNote,
  thenDelivered,
} from './jobs/job-notes.ts';
import { createScheduler } from './jobs/scheduler.ts';
import { sendDigest } from './jobs/send-digest.ts';
import { sendSubscriptions } from './jobs/send-subscriptions.ts';
import { tellMissed } from './jobs/tell-missed.ts';
import { tellPlaybooks } from './jobs/tell-playbooks.ts';
import { upkeepJobs } from './jobs/upkeep-jobs.ts';
import type { Kith, Workspace } from './kith.ts';
import { KithError, messageOf } from './lib/errors.ts';
import type { Text } from './lib/text.ts';
import { limitHandlers } from './limit-handlers.ts';
import { monthlyFileName, sendMonthlyReport } from './monthly-report.ts';
import type { Progress } from './ports/job-runner.ts';

const MINUTE_MS = 60_000;
const HINTS = 'webhooks';

/** Kith in Slack: answers, schedules, deliveries. */
export interface Bot {
  /** Runs one of the scheduled jobs now, to its end. */
  runJob(name: string): Promise<void>;
  /** Whether anything can be said; false while it waits to be added by OAuth. */
  isInSlack(): boolean;
  /** Takes no new work, lets what runs finish, and disconnects. */
  stop(): Promise<void>;
}

/** Connects to the chat, then arms the schedules of one portal. */
export async function startBot(kith: Kith, at: Workspace, progress: Progress): Promise<Bot> {
  const { logger, now } = kith;
  let notReady = 'connecting to Slack';
  const listener = kith.listener(() => (notReady === '' ? kith.readiness(at) : { ok: false, reason: notReady }));
  const chat = await kith.chat(at, listener.mount);
  const { portal, account, outbox } = at;
  let asOf = await newestAsOf(at);

  const handlers = limitHandlers(
    createChatHandlers(kith, at, {
      asOf: () => asOf,
      async removed() {
        logger.error(
          'Kith was taken out of the Slack workspace, or its tokens were withdrawn; nothing is sent any more',
        );
        await scheduler.stop();
      },
    }),
    at.audit,
  );

  const { schedules } = at.state();
  const deliveries = createDeliveryDesk({
    portal,
    account,
    state: at.state,
    outbox,
    chat,
    now,
    sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)),
    fileOf: async (document) => ({
      name: monthlyFileName(document, document.language),
      mediaType: 'application/pdf',
      bytes: await kith.documents.pdf(document),
    }),
  });
  const deliverNow = async (signal?: AbortSignal): Promise<Text> =>
    chat.isConnected() ? deliveries(signal) : notInSlackNote((await outbox.pending()).length);
  const following: Job = {
    name: HINTS,
    // Every minute too, for what a stop or a failure left waiting.
    schedule: '* * * * *',
    timeoutMs: 10 * MINUTE_MS,
    async run({ signal }) {
      const followed = await kith.followHints(at, { signal });
      if (followed.told > 0) await deliverNow(signal);
      return hintsNote(followed);
    },
  };
  const hasWebhooks = kith.webhooks(at, listener.mount, () => void followNow());
  const jobs: Job[] = [
    {
      name: 'sync',
      schedule: schedules.sync,
      turn: 'copies',
      timeoutMs: 6 * 60 * MINUTE_MS,
      async run({ signal }) {
        return syncNote(await kith.sync({ full: false, part: 'safe', progress, signal }));
      },
    },
    {
      name: 'sync-fast',
      schedule: schedules.syncFast,
      turn: 'copies',
      timeoutMs: 30 * MINUTE_MS,
      async run({ signal }) {
        return syncNote(await kith.sync({ full: false, part: 'fast', progress, signal }));
      },
    },
    {
      name: 'sweep',
      schedule: schedules.sweep,
      turn: 'copies',
      timeoutMs: 6 * 60 * MINUTE_MS,
      async run({ signal }) {
        return syncNote(await kith.sync({ full: false, part: 'sweep', progress, signal }));
      },
    },
    {
      name: 'reconcile',
      schedule: schedules.reconcile,
      turn: 'copies',
      timeoutMs: 6 * 60 * MINUTE_MS,
      async run({ signal }) {
        return reconciliationNote(await kith.reconcile(at, { progress, signal }));
      },
    },
    {
      name: 'analyse',
      schedule: schedules.analyse,
      turn: 'analyses',
      timeoutMs: 60 * MINUTE_MS,
      async run({ signal }) {
        const run = await kith.analyse(at, { asOf: null, only: [], progress, signal });
        asOf = run.asOf;
        return runNote(run);
      },
    },
    {
      name: 'write-back',
      schedule: schedules.writeBack,
      timeoutMs: 60 * MINUTE_MS,
      async run({ signal }) {
        const note = await kith.scheduledWriteBack(at, { progress, signal });
        return thenDelivered(note, await deliverNow(signal));
      },
    },
    ...digests.map(
      (digest): Job => ({
        name: digest.name,
        schedule: schedules[digest.schedule],
        timeoutMs: 10 * MINUTE_MS,
        async run({ signal }) {
          const { note } = await sendDigest({ ...at, account, digest, now });
          return thenDelivered(note, await deliverNow(signal));
        },
      }),
    ),
    {
      name: 'subscriptions',
      // In the portal's zone; every quarter of an hour is one in every zone.
      schedule: '*/15 * * * *',
      timeoutMs: 14 * MINUTE_MS,
      async run({ signal }) {
        const copies = await sendSubscriptions({ ...at, account, digests, now });
        return thenDelivered(subscriptionsNote(copies), await deliverNow(signal));
      },
    },
    {
      name: 'monthly-report',
      schedule: schedules.monthlyReport,
      timeoutMs: 30 * MINUTE_MS,
      async run({ signal }) {
        return thenDelivered(await sendMonthlyReport(kith, at), await deliverNow(signal));
      },
    },
    {
      name: 'playbooks',
      schedule: schedules.playbooks,
      timeoutMs: 10 * MINUTE_MS,
      async run({ signal }) {
        const { playbookLog } = at;
        const told = await tellPlaybooks({ portal, account, state: at.state(), outbox, playbookLog, now });
        return thenDelivered(playbooksNote(told), await deliverNow(signal));
      },
    },
    ...(hasWebhooks ? [following] : []),
    ...upkeepJobs({ ...at, config: kith.config, now }),
    { name: 'deliver', schedule: '* * * * *', timeoutMs: 10 * MINUTE_MS, run: ({ signal }) => deliverNow(signal) },
  ];

  const records = createJobRecords(portal);
  const desk = createJobDesk({ records, progress, now, inTurn: kith.inTurn });
  const scheduler = createScheduler({
    jobs,
    timeZone: account.timeZone,
    desk,
    records,
    logger,
    now,
    async onMissed(missed) {
      await tellMissed({ portal, account, state: at.state(), outbox, now }, missed);
    },
  });
  kith.showJobs(scheduler.status);

  const follow = { isRunning: false, isAsked: false, isOver: false };
  /** At once, and once more for what came while it ran; what fails waits for the schedule. */
  async function followNow(): Promise<void> {
    follow.isAsked = true;
    if (follow.isRunning) return;
    follow.isRunning = true;
    try {
      while (follow.isAsked && !follow.isOver) {
        follow.isAsked = false;
        await scheduler.runNow(HINTS);
      }
    } catch (error) {
      const isOverlap = error instanceof KithError && error.code === 'job-busy';
      logger[isOverlap ? 'debug' : 'warn'](`Webhooks wait for the next minute: ${messageOf(error)}`);
    } finally {
      follow.isRunning = false;
    }
  }

  const uncertain = await outbox.recover();
  if (uncertain > 0)
    logger.warn(
      `${uncertain} messages were being sent when Kith stopped; whether they arrived is not known, so they are not repeated`,
    );
  // Before anything is said: what was broken off is gone on with. What fails is tried again by its job.
  await finishErasures({ ...at, now }).catch((error: unknown) =>
    logger.error(`An erasure that was broken off is not finished yet: ${messageOf(error)}`),
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
    isInSlack: chat.isConnected,
    async stop() {
      follow.isOver = true;
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
