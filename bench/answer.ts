import { loadavg } from 'node:os';
import { join } from 'node:path';
import { generatePortal } from '../demo/portal/generate-portal.ts';
import { writePortalFolder } from '../demo/portal/write-portal-folder.ts';
import type { AnswerOrder, AnswerTimes } from './answer-process.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import { runProcess } from './run-process.ts';
import { inTemporaryFolder } from './temporary-files.ts';

const COMPANIES = 1_500;
export const COMMANDS = ['churn-risk', 'segments', 'value', 'forecast'];
const ROUNDS = 15;
const REACH = 2;

/** What a person waits for in Slack, beside what drawing the picture alone takes. */
export function benchAnswer(options: BenchOptions): Promise<readonly BenchRow[]> {
  const companies = options.records ?? COMPANIES;
  return inTemporaryFolder(async (directory) => {
    const folder = join(directory, 'portal');
    await writePortalFolder(generatePortal({ seed: 3, companies }).portal, null, folder);
    const order = { dataDir: join(directory, 'data'), folder, commands: COMMANDS, rounds: ROUNDS };
    const { answer } = await runProcess<AnswerOrder, readonly AnswerTimes[]>('./answer-process.ts', order);
    return answer.map((times) => rowOf(times, companies));
  });
}

function rowOf({ command, answer, chart, isSamePicture }: AnswerTimes, companies: number): BenchRow {
  const ratio = answer / chart;
  return {
    work: `/${command} with its chart, ${companies.toLocaleString('en')} customers`,
    peer: 'drawing that chart alone',
    ours_s: answer,
    theirs_s: chart,
    ratio,
    reach: REACH,
    same_result: isSamePicture,
    ok: isSamePicture && ratio <= REACH,
    note: `the same picture to the byte; ${ROUNDS} runs each, in turn; load ${(loadavg()[0] ?? 0).toFixed(1)}`,
  };
}
