import type { RegisteredAnalysis } from '../analyses/analysis.ts';
import type { Instant } from '../domain/crm.ts';
import type { Audit } from '../ledger/audit.ts';
import type { WriteBackLog } from '../ledger/write-back-log.ts';
import { KithError } from '../lib/errors.ts';
import type { Language, Text } from '../lib/text.ts';
import type { CrmSink } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';
import type { Report } from '../report/report.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { presentUndo, presentWriteBack } from './present-write-back.ts';
import { type RemovalReport, removeProperties } from './remove-properties.ts';
import { type UndoReport, undoWriteBack } from './undo-write-back.ts';
import { type WriteBackOrder, type WriteBackReport, writeBack } from './write-back.ts';
import { readCustomerNames } from './write-back-names.ts';

export interface DeskReader {
  readonly reader: PrivacyReader;
  readonly language: Language;
  readonly timeZone: string;
}

/** Write-back of one portal for whoever asks: one at a time, each answer as a Report too. */
export interface WriteBackDesk {
  write(order: WriteBackOrder & { progress: Progress }): Promise<WriteBackReport>;
  undo(batch: string, actor: string): Promise<UndoReport>;
  remove(options: { dryRun: boolean; actor: string; progress: Progress }): Promise<RemovalReport>;
  present(report: WriteBackReport, to: DeskReader): Promise<Report>;
  presentUndo(report: UndoReport, to: DeskReader): Promise<Report>;
  /** What somebody in a chat may do with it; whether they may is checked before. */
  controls(to: DeskReader): {
    preview(): Promise<Report>;
    /** Refused in a portal's first week, unless the settings say that it may be written. */
    approve(plan: string): Promise<Report>;
    undo(batch: string): Promise<Report>;
  };
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

export function createWriteBackDesk(options: {
  portal: PortalStore;
  log: WriteBackLog;
  audit: Audit;
  analyses: readonly RegisteredAnalysis[];
  now: () => Instant;
  isApproved: () => boolean;
  withSink: <Result>(use: (sink: CrmSink) => Promise<Result>) => Promise<Result>;
}): WriteBackDesk {
  const { portal, log, audit, analyses, now, isApproved, withSink } = options;
  let busy = false;

  async function alone<Result>(use: (sink: CrmSink) => Promise<Result>): Promise<Result> {
    if (busy) {
      throw new KithError('job-busy', {
        en: 'Another write-back or undo is running: wait until it has finished',
        zh: '另一项写入或撤销正在进行：请等其完成后再试',
      });
    }
    busy = true;
    try {
      return await withSink(use);
    } finally {
      busy = false;
    }
  }

  async function isFirstWeek(): Promise<boolean> {
    const [row] = await portal.query<{ first: string; runs: string }>(
      `SELECT toUnixTimestamp64Milli(min(started_at)) AS first, count() AS runs FROM {db:Identifier}.runs`,
    );
    return row === undefined || Number(row.runs) === 0 || now() - Number(row.first) < WEEK_MS;
  }

  const desk: WriteBackDesk = {
    write: ({ progress, ...order }) =>
      alone((sink) => writeBack({ sink, portal, log, audit, analyses, now, progress, ...order })),
    undo: (batch, actor) => alone((sink) => undoWriteBack({ sink, portal, log, audit, batch, actor })),
    remove: (order) => alone((sink) => removeProperties({ sink, portal, log, audit, analyses, now, ...order })),

    async present(report, { reader, language, timeZone }) {
      const names = await readCustomerNames(reader, analyses, [...report.sample, ...report.leftAloneSample]);
      let instead: Text | null = null;
      if (report.refusals.length > 0) instead = howToForce(report.batch);
      else if (reader.viewer.userId === 'command-line') instead = howToWrite(report.batch);
      else if (!isApproved() && (await isFirstWeek())) instead = FIRST_WEEK;
      return presentWriteBack(report, { language, timeZone, analyses, names }, { instead });
    },

    async presentUndo(report, { reader, language, timeZone }) {
      const names = await readCustomerNames(reader, analyses, report.leftAloneSample);
      const [run] = await portal.results.runs(1);
      return presentUndo(report, { language, timeZone, analyses, names }, run?.asOf ?? null);
    },

    controls(to) {
      const actor = to.reader.viewer.userId;
      return {
        preview: async () => desk.present(await desk.write({ dryRun: true, actor, progress: QUIET }), to),
        async approve(plan) {
          if (!isApproved() && (await isFirstWeek())) {
            throw new KithError('write-back-refused', FIRST_WEEK);
          }
          await audit.append({ actor, act: 'approved-write-back', subject: plan.slice(0, 60), details: null });
          return desk.present(await desk.write({ dryRun: false, plan, actor, progress: QUIET }), to);
        },
        undo: async (batch) => desk.presentUndo(await desk.undo(batch, actor), to),
      };
    },
  };
  return desk;
}

const QUIET: Progress = { update: () => undefined };

const FIRST_WEEK: Text = {
  en: "In a portal's first week nothing is written from here: look at the plan, then run 'kith write-back --yes', or set writeBackApproved in the settings",
  zh: '接入后的第一周不会从这里写入：请先查看计划，再运行 kith write-back --yes，或在设置中启用 writeBackApproved',
};

function howToWrite(batch: string): Text {
  return {
    en: `To write exactly this, within 24 hours: kith write-back --plan ${batch} --yes`,
    zh: `如需按此处所示写入（24 小时内有效）：kith write-back --plan ${batch} --yes`,
  };
}

function howToForce(batch: string): Text {
  return {
    en: `Nothing is written while this holds. To write it all the same, deliberately: kith write-back --plan ${batch} --yes --force`,
    zh: `在此情况下不会写入。如确需写入：kith write-back --plan ${batch} --yes --force`,
  };
}
