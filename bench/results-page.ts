import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createChartRenderer } from '../integrations/chartjs/chart-renderer.ts';
import type { CategoryChart } from '../src/charts/chart-spec.ts';
import type { BenchRow } from './bench-row.ts';

/** The newest rows of each bench, with the day and the machine. */
type Kept = Readonly<Record<string, { readonly at: string; readonly rows: readonly BenchRow[] }>>;

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Puts the rows of some benches among those kept of the others, and writes results.md and its plots from all of them. */
export async function updateResults(measured: Readonly<Record<string, readonly BenchRow[]>>, order: readonly string[]) {
  const text = await readFile(pathOf('results.json'), 'utf8').catch(() => '{}');
  const at = new Date().toISOString().slice(0, 10);
  const fresh = Object.fromEntries(Object.entries(measured).map(([name, rows]) => [name, { at, rows }]));
  const merged: Kept = { ...(JSON.parse(text) as Kept), ...fresh };
  const kept: Kept = Object.fromEntries(order.flatMap((name) => (merged[name] ? [[name, merged[name]]] : [])));
  await writeFile(pathOf('results.json'), `${JSON.stringify(kept, null, 2)}\n`);
  const rows = Object.values(kept).flatMap((bench) => bench.rows.map((row) => ({ ...row, at: bench.at })));
  await mkdir(pathOf('plots'), { recursive: true });
  const renderer = createChartRenderer();
  const pictures: string[] = [];
  for (const [name, chart] of plotsOf(rows)) {
    await writeFile(pathOf(`plots/${name}.png`), await renderer.png(chart));
    pictures.push(`![${chart.alt}](plots/${name}.png)`);
  }
  await writeFile(pathOf('results.md'), pageOf(rows, pictures));
}

type DatedRow = BenchRow & { readonly at: string };

function pageOf(rows: readonly DatedRow[], pictures: readonly string[]): string {
  const lines = rows.map((row) => {
    const figures = row.isSkipped
      ? ['–', '–', '–', reachOf(row), '–']
      : [seconds(row.ours_s), seconds(row.theirs_s), digits(row.ratio), reachOf(row), row.same_result ? 'yes' : 'no'];
    const verdict = row.isSkipped ? 'skipped' : row.reach === null ? '–' : row.ok ? 'yes' : 'no';
    return `| ${[row.work, row.peer, ...figures, verdict, row.note, row.at].join(' | ')} |`;
  });
  return `# Measured ratios

Written by \`npm run bench\`; \`--only NAME\` renews some rows. Each ratio is our time over theirs, of medians of runs taken in turn
after one that warms both up: below 1 is faster. Where the reach begins with ≥, it is the share of a limit that is reached; where it is –, nothing
is asked. Results are compared before times. On ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}; processor time is given beside wall time because
other work may share the machine.

| work | peer | ours | theirs | ratio | reach | same result | reached | notes | measured |
|---|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}

${pictures.join('\n\n')}
`;
}

/** The ratios as shares of what they may be, and the growth with the number of customers. */
function plotsOf(rows: readonly BenchRow[]): readonly (readonly [string, CategoryChart])[] {
  const timed = rows.filter((row) => !row.isSkipped);
  const shown = timed.flatMap((row) =>
    row.isShare || row.reach === null || row.work.startsWith('growth') ? [] : { ...row, reach: row.reach },
  );
  const growth = timed.filter((row) => row.work.startsWith('growth: all'));
  const plots: (readonly [string, CategoryChart])[] = [];
  if (shown.length > 0) {
    plots.push([
      'ratios',
      {
        kind: 'horizontal-bar',
        title: 'Our time over theirs, beside what was asked',
        subtitle: 'Below 1 is faster than the peer',
        alt: `Our time over the peer's: ${shown.map((row) => `${row.work} ${digits(row.ratio)} of ${row.reach}`).join('; ')}`,
        format: { kind: 'times' },
        labels: shown.map((row) => `${row.work.split(', ')[0]} · ${row.peer.split(', ').at(-1)}`),
        series: [
          { name: 'measured', values: shown.map((row) => row.ratio) },
          { name: 'asked at most', values: shown.map((row) => row.reach) },
        ],
      },
    ]);
  }
  const [first] = growth;
  if (first !== undefined) {
    const points = [{ name: first.peer.replace('of ', ''), value: first.theirs_s }];
    for (const row of growth)
      points.push({ name: row.work.replace('growth: all analyses of ', ''), value: row.ours_s });
    plots.push([
      'growth',
      {
        kind: 'bar',
        title: 'Seconds for all analyses',
        subtitle: 'Ten times the customers at each step',
        alt: `Seconds for all analyses: ${points.map(({ name, value }) => `${seconds(value)} ${name}`).join(', ')}`,
        format: { kind: 'count' },
        labels: points.map(({ name }) => name),
        series: [{ name: 'seconds', values: points.map(({ value }) => Math.round(value)) }],
      },
    ]);
  }
  return plots;
}

function reachOf(row: BenchRow): string {
  return row.reach === null ? '–' : `${row.isShare ? '≥' : '≤'} ${row.reach}`;
}

function seconds(value: number): string {
  return `${value < 10 ? value.toFixed(3) : value.toFixed(1)} s`;
}

function digits(value: number): string {
  return value < 0.1 ? value.toPrecision(2) : value.toFixed(2);
}
