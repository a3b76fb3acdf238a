import type { ChartSpec } from '../src/charts/chart-spec.ts';
import { commandLineViewer } from '../src/privacy/viewer.ts';
import { chartOf } from '../src/report/chart-of.ts';
import { median } from './duel.ts';
import { openKith, QUIET } from './open-kith.ts';

/** Slash commands over a data folder, each beside the drawing of its chart alone, in turn. */
export interface AnswerOrder {
  readonly dataDir: string;
  /** Export files to import and analyse first; null where the folder holds results already. */
  readonly folder: string | null;
  /** With their argument, if they take one. */
  readonly commands: readonly string[];
  readonly rounds: number;
}

export interface AnswerTimes {
  readonly command: string;
  /** Seconds, medians: the answer with its chart, if it has one, and the chart alone. */
  readonly answer: number;
  /** The same by whoever asks first after something was written. */
  readonly first: number;
  readonly chart: number;
  readonly isSamePicture: boolean;
}

async function run({ dataDir, folder, commands, rounds }: AnswerOrder): Promise<readonly AnswerTimes[]> {
  const kith = await openKith(dataDir);
  try {
    if (folder !== null) {
      const { workspace } = await kith.importFolder(folder, QUIET);
      await kith.analyse(workspace, { asOf: null, only: [], progress: QUIET });
    }
    const workspace = await kith.workspace();
    const asker = { viewer: commandLineViewer(), language: 'en', timeZone: workspace.account.timeZone } as const;
    const times: AnswerTimes[] = [];
    for (const command of commands) {
      const [name = '', ...words] = command.split(' ');
      const answer = async () => {
        const chart = chartOf(await kith.command(workspace, asker, name, words.join(' ')));
        return { chart, png: await draw(chart) };
      };
      const draw = async (chart: ChartSpec | null) => (chart === null ? Buffer.alloc(0) : kith.renderer.png(chart));
      const { chart, png } = await answer();
      const again = await draw(chart);
      const [answers, firsts, charts]: [number[], number[], number[]] = [[], [], []];
      for (let round = 0; round < rounds; round++) {
        // Whatever is run as a command may have changed something: nothing is answered from memory after it.
        await workspace.portal.command('SELECT 1');
        firsts.push(await secondsOf(answer));
        answers.push(await secondsOf(answer));
        charts.push(await secondsOf(() => draw(chart)));
      }
      const isSamePicture = Buffer.compare(png, again) === 0;
      times.push({
        command,
        answer: median(answers),
        first: median(firsts),
        chart: median(charts),
        isSamePicture,
      });
    }
    return times;
  } finally {
    await kith.close();
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

process.once('message', async (message) => {
  // The parent is bench/run-process.ts, which sends what its type says.
  process.send?.(await run(message as AnswerOrder));
  process.disconnect();
});
