import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { AnalysesOrder, AnalysesOutcome } from './analyses-process.ts';
import type { AnswerOrder, AnswerTimes } from './answer-process.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import { median } from './duel.ts';
import type { FillOrder, FillReport } from './fill-process.ts';
import { runProcess } from './run-process.ts';
import { inTemporaryFolder } from './temporary-files.ts';

const SMALLEST = 10_000;
const STEP = 10;
const PORTAL = 'folder-bench';
/** What ten times the customers may cost. */
const TIME_REACH = 11;
/** What slash commands may cost at a larger size: on the mean of all, and any of them. */
const ANSWER_REACH = 1.5;
const WORST_ANSWER = 2;
const COMMANDS = [
  'churn-risk',
  'segments',
  'value',
  'loyalty',
  'customers',
  'forecast',
  'basket',
  'customer Company 7',
  'likely',
];
const PEAK_RSS = 2 * 2 ** 30;

/** The machine is not as quick at one time as at another: sizes are asked in turn, so often, and each counts by its median. */
const TURNS = 3;

interface Analysed {
  readonly customers: number;
  readonly dataDir: string;
  readonly outcome: AnalysesOutcome;
}

interface Size extends Analysed {
  readonly answers: readonly AnswerTime[];
}

type AnswerTime = Pick<AnswerTimes, 'command' | 'answer' | 'first'>;

/** How time, memory and a slash command grow from 10,000 customers to 100,000, and to a million where that is asked. */
export function benchGrowth(options: BenchOptions): Promise<readonly BenchRow[]> {
  const smallest = options.records ?? SMALLEST;
  return inTemporaryFolder(async (directory) => {
    const numbers = (options.isToMillion ? [1, STEP, STEP ** 2] : [1, STEP]).map((times) => smallest * times);
    const there: Analysed[] = [];
    for (const customers of numbers) there.push(await analyse(join(directory, 'there'), customers));
    // The largest takes minutes, in which the pace of a machine changes: the others are measured before it and after it.
    const back: Analysed[] = [];
    for (const customers of numbers.slice(0, -1).reverse())
      back.unshift(await analyse(join(directory, 'back'), customers));
    const sizes = await askInTurn(there.map((one, i) => ({ ...one, outcome: meanOf(one.outcome, back[i]?.outcome) })));
    return sizes.slice(1).flatMap((size, step) => rowsOf(size, sizes[step]!, sizes[0]!));
  });
}

function meanOf(there: AnalysesOutcome, back: AnalysesOutcome | undefined): AnalysesOutcome {
  if (back === undefined) return there;
  return {
    ...there,
    seconds: (there.seconds + back.seconds) / 2,
    peakRss: Math.max(there.peakRss, back.peakRss),
  };
}

async function analyse(directory: string, customers: number): Promise<Analysed> {
  const dataDir = join(directory, `${customers}`);
  const where = { dataDir, portalId: PORTAL };
  await runProcess<FillOrder, FillReport>('./fill-process.ts', { ...where, customers });
  const { answer: outcome } = await runProcess<AnalysesOrder, AnalysesOutcome>('./analyses-process.ts', where);
  return { customers, dataDir, outcome };
}

async function askInTurn(analysed: readonly Analysed[]): Promise<readonly Size[]> {
  const answers = analysed.map(() => COMMANDS.map((): AnswerTimes[] => []));
  for (let turn = 0; turn < TURNS; turn++)
    for (const [i, { dataDir }] of analysed.entries()) {
      const order = { dataDir, folder: null, commands: COMMANDS, rounds: 5 };
      const { answer } = await runProcess<AnswerOrder, readonly AnswerTimes[]>('./answer-process.ts', order);
      for (const [k, times] of answer.entries()) answers[i]![k]!.push(times);
    }
  return analysed.map((size, i) => ({
    ...size,
    answers: COMMANDS.map((command, k) => ({
      command,
      answer: median(answers[i]![k]!.map(({ answer }) => answer)),
      first: median(answers[i]![k]!.map(({ first }) => first)),
    })),
  }));
}

function rowsOf(size: Size, before: Size, smallest: Size): readonly BenchRow[] {
  const load = `load ${(loadavg()[0] ?? 0).toFixed(1)}`;
  const { seconds, peakRss } = size.outcome;
  const ratio = seconds / before.outcome.seconds;
  const isScored = ['churn-risk', 'segments', 'value'].every((name) => size.outcome.scored[name] === size.customers);
  return [
    {
      work: `growth: all analyses of ${named(size)}`,
      peer: `of ${named(before)}`,
      ours_s: seconds,
      theirs_s: before.outcome.seconds,
      ratio,
      reach: TIME_REACH,
      same_result: isScored,
      ok: isScored && ratio <= TIME_REACH && peakRss <= PEAK_RSS,
      note: `${(peakRss / 2 ** 20).toFixed(0)} MB resident at its peak of ${PEAK_RSS / 2 ** 20} allowed; every customer is scored; ${load}`,
    },
    answerRow(`growth: slash commands at ${named(size)}`, 'answer', size, smallest, load),
    answerRow(`growth: the first to ask after a change, at ${named(size)}`, 'first', size, smallest, load),
  ];
}

function answerRow(work: string, asked: 'answer' | 'first', size: Size, smallest: Size, load: string): BenchRow {
  const slower = size.answers.map((times, i) => times[asked] / smallest.answers[i]![asked]);
  const growth = slower.reduce((sum, one) => sum + one, 0) / slower.length;
  return {
    work,
    peer: `at ${named(smallest)}`,
    ours_s: median(size.answers.map((times) => times[asked])),
    theirs_s: median(smallest.answers.map((times) => times[asked])),
    ratio: growth,
    reach: ANSWER_REACH,
    same_result: true,
    ok: growth <= ANSWER_REACH && Math.max(...slower) <= WORST_ANSWER,
    note: `${size.answers.map(({ command }, i) => `/${command} ${slower[i]!.toFixed(2)}`).join(', ')}; ${load}`,
  };
}

function named({ customers }: Size): string {
  return `${customers.toLocaleString('en')} customers`;
}
