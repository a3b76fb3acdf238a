import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createChartRenderer } from '../integrations/chartjs/chart-renderer.ts';
import { KEPT, smallPicture } from '../test/golden/small-picture.ts';

/** Draws the kept pictures of every chart anew: the tests' in test/golden, and the ones to show in docs/charts. Look at them before they are kept. */
const GOLDEN = 'test/golden';
const DOCS = 'docs/charts';
const DOCS_WIDTH = 900;

/** What docs/charts shows, and what each answers. */
const SHOWN: readonly (readonly [string, string])[] = [
  ['at-risk', '`/churn-risk`: whose money is at risk, and how much of it'],
  ['waterfall', '*Why?* and `/customer`: what makes up a risk'],
  ['calibration', '`/models`: what the model said against what happened'],
  ['moves', '`/segments`: who moved from which segment to which'],
  ['rules', '`/basket`: which products are bought together'],
  ['tiers', '`/loyalty`: how far the next tier is'],
  ['triangle', '`/customers`: how many bought again'],
];

const renderer = createChartRenderer();
for (const folder of [GOLDEN, DOCS]) {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) if (file.endsWith('.png')) rmSync(`${folder}/${file}`);
}
for (const [name, chart] of Object.entries(KEPT)) {
  writeFileSync(`${GOLDEN}/${name}.png`, await smallPicture(renderer, chart));
}
const lines = ['# The pictures', '', 'Made by `npm run golden`.', ''];
for (const [name, says] of SHOWN) {
  lines.push(`## ${says}`, '');
  for (const language of ['en', 'zh']) {
    const chart = KEPT[`${name}-${language}`];
    if (chart === undefined) continue;
    writeFileSync(`${DOCS}/${name}-${language}.png`, await smallPicture(renderer, chart, DOCS_WIDTH));
    lines.push(`<img src="${name}-${language}.png" width="480" alt="${chart.alt}">`);
  }
  lines.push('');
}
writeFileSync(`${DOCS}/README.md`, `${lines.join('\n').trimEnd()}\n`);
