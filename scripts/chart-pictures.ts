import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createChartRenderer } from '../integrations/chartjs/chart-renderer.ts';
import type { ChartSpec } from '../src/charts/chart-spec.ts';
import type { Report } from '../src/report/report.ts';
import { smallPng } from './small-png.ts';

const WIDTH = 800;

/** The first chart of a kind in an answer. */
interface Wanted {
  readonly file: string;
  readonly words: readonly string[];
  readonly kind: ChartSpec['kind'];
  readonly says: string;
}

/** A name in `words` that only the company itself can tell. */
const FIRST_AT_RISK = 'FIRST_AT_RISK';

const WANTED: readonly Wanted[] = [
  { file: 'segments', words: ['segments'], kind: 'scatter', says: '`/segments`: where alike customers lie' },
  { file: 'risk', words: ['churn-risk'], kind: 'part-bar', says: '`/churn-risk`: whose money is at risk' },
  { file: 'rfm', words: ['kith', 'rfm'], kind: 'heatmap', says: '`/kith rfm`: customers by recency and frequency' },
  { file: 'moves', words: ['segments'], kind: 'flow', says: '`/segments`: who moved from which segment to which' },
  { file: 'calibration', words: ['models'], kind: 'calibration', says: '`/models`: what was said, and what happened' },
  { file: 'forecast', words: ['forecast'], kind: 'fan', says: '`/forecast`: what revenue to expect, with bands' },
  { file: 'rules', words: ['basket'], kind: 'flow', says: '`/basket`: which products are bought together' },
  { file: 'cohorts', words: ['customers'], kind: 'heatmap', says: '`/customers`: how many bought again, and when' },
  { file: 'tiers', words: ['loyalty'], kind: 'progress', says: '`/loyalty`: how far the next tier is' },
  {
    file: 'waterfall',
    words: ['customer', FIRST_AT_RISK],
    kind: 'waterfall',
    says: '_Why?_ and `/customer`: what makes up a risk',
  },
];

/** Draws every kind of chart from what a running Kith answers, and the page that shows them with their words. */
export async function drawChartPictures(
  folder: string,
  answer: (words: readonly string[]) => Promise<Report>,
  keep: (file: string, png: Buffer) => void,
): Promise<void> {
  const renderer = createChartRenderer();
  const answers = new Map<string, Promise<Report>>();
  const ask = (words: readonly string[]): Promise<Report> => {
    const key = words.join(' ');
    const known = answers.get(key) ?? answer(words);
    answers.set(key, known);
    return known;
  };
  const first = (await ask(['churn-risk'])).parts.find((part) => part.kind === 'item');
  const name = first?.title.split(' · ')[0] ?? '';
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) if (file.endsWith('.png')) rmSync(`${folder}/${file}`);
  const lines = ['# Every chart', '', "From the demo's made-up company. Made by `npm run screenshots`.", ''];
  for (const { file, words, kind, says } of WANTED) {
    const report = await ask(words.map((word) => (word === FIRST_AT_RISK ? name : word)));
    const chart = report.parts.flatMap((part) => (part.kind === 'chart' ? [part.chart] : [])).find(isOf(kind));
    if (chart === undefined) throw new Error(`the answer of '${words.join(' ')}' has no ${kind} chart`);
    keep(`${file}.png`, await smallPng(Buffer.from(await renderer.png(chart)), WIDTH));
    lines.push(`## ${says}`, '', `<img src="${file}.png" width="600" alt="${attribute(chart.alt)}">`, '');
  }
  writeFileSync(`${folder}/README.md`, `${lines.join('\n').trimEnd()}\n`);
}

const isOf =
  (kind: ChartSpec['kind']) =>
  (chart: ChartSpec): boolean =>
    chart.kind === kind;

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
