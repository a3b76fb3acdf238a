import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { forwardToRunning } from './cli/local-socket.ts';
import type { Config } from './config.ts';
import type { StoreExamination } from './doctor.ts';
import { NOTHING_COPIED } from './jobs/doctor/store-findings.ts';
import type { Kith } from './kith.ts';
import { KithError } from './lib/errors.ts';
import { findingSchema } from './ports/doctor.ts';

const examinationSchema = z.object({
  portalId: z.string().nullable(),
  findings: z.array(findingSchema),
  isRunning: z.boolean(),
});

/**
 * What the store tells a doctor that has it not open: asked of the Kith that runs on the data folder, else by opening it for a
 * moment. A folder without data stays as it is.
 */
export async function askStore(config: Config, open: () => Promise<Kith>): Promise<StoreExamination> {
  const { dataDir, clickhouseUrl } = config;
  let [said, failed] = ['', ''];
  const listening = {
    out: (text: string) => {
      said += text;
    },
    err: (text: string) => {
      failed += text;
    },
    isTerminal: false,
    columns: 100,
  };
  const code = await forwardToRunning(dataDir, ['doctor', '--store'], listening, config.language);
  if (code === 0) return examinationSchema.parse(JSON.parse(said));
  if (code !== null)
    throw new KithError('store-locked', {
      en: `The Kith that runs on ${dataDir} did not tell about its data: ${oneLine(failed)}`,
      zh: `正在 ${dataDir} 上运行的 Kith 没有说明其数据情况：${oneLine(failed)}`,
    });
  if (clickhouseUrl === null && !existsSync(join(dataDir, 'store')))
    return { portalId: null, findings: [NOTHING_COPIED], isRunning: false };
  try {
    const kith = await open();
    try {
      return await kith.examineStore();
    } finally {
      await kith.close();
    }
  } catch (error) {
    if (error instanceof KithError && error.code === 'store-locked') return IN_USE;
    throw error;
  }
}

/** A Kith that is starting or copying for the first time has the folder, and does not yet answer. */
const IN_USE: StoreExamination = {
  portalId: null,
  findings: [
    {
      state: 'advice',
      what: {
        en: 'Data: another Kith is at work on the data folder, so the data was not looked at',
        zh: '数据：另一个 Kith 正在使用数据文件夹，因此未检查数据',
      },
      next: {
        en: 'Ask the doctor again when it has finished, or ask it in Slack: /kith doctor',
        zh: '请在其完成后重新检查，或在 Slack 中输入 /kith doctor',
      },
    },
  ],
  isRunning: false,
};

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300) || 'it said nothing';
}
