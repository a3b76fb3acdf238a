import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHANNELS, GENERAL, PEOPLE } from '../demo/workspace.ts';
import type { Report } from '../src/report/report.ts';
import { drawChartPictures } from './chart-pictures.ts';
import { smallPng } from './small-png.ts';

/**
 * Makes the README's pictures from a running demo (its own, or the one at KITH_DEMO_URL, with its KITH_DATA_DIR): an answer
 * with its chart, a digest, the Home, a form, a thread, a phone in Chinese, and every kind of chart. With names, only those:
 * `npm run screenshots -- charts slack.png`. Chromium is KITH_CHROMIUM, else /usr/bin/chromium.
 */
const ONLY = process.argv.slice(2);
const isWanted = (name: string): boolean => ONLY.length === 0 || ONLY.includes(name);
const FOLDER = 'docs/screenshots';
const CHROMIUM = process.env.KITH_CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const CHART_WIDTH = 1000;

interface Demo {
  readonly page: string;
  /** null for a demo that somebody else started without saying where it keeps its data. */
  readonly dataDir: string | null;
  stop(): Promise<void>;
}

function startDemo(): Promise<Demo> {
  const running = process.env.KITH_DEMO_URL;
  if (running !== undefined) {
    const dataDir = process.env.KITH_DATA_DIR ?? null;
    return Promise.resolve({ page: running, dataDir, stop: async () => undefined });
  }
  const child = spawn('npx', ['tsx', 'src/main.ts', 'demo', '--port', '0'], {
    stdio: ['ignore', 'inherit', 'pipe'],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /Slack {5}(http\S+)[\s\S]*KITH_DATA_DIR=(\S+)[\s\S]*Ctrl-C/.exec(said);
      if (found === null) return;
      const stopped = new Promise<void>((done) => child.once('exit', () => done()));
      const stop = async (): Promise<void> => {
        // The whole group: npx does not hand signals on.
        process.kill(-child.pid!, 'SIGTERM');
        await stopped;
      };
      resolve({ page: found[1]!, dataDir: found[2]!, stop });
    });
    child.once('exit', () => reject(new Error(`the demo ended early: ${said}`)));
  });
}

const direct = (userId: string): string => `D${userId.slice(1)}`;
const DESK = { width: 1280, height: 800, scale: 1 };
const PHONE = { width: 375, height: 700, scale: 2 };

interface Picture {
  readonly file: string;
  readonly size: typeof DESK;
  readonly user: string;
  /** A channel's id, with '/home' for the Home. */
  readonly place: string;
  readonly act: (page: Page) => Promise<void>;
}

async function ask(page: Page, text: string): Promise<void> {
  const composer = page.locator('#main-write');
  await composer.fill(text);
  await composer.press('Enter');
}

/** Waits until every picture in sight is drawn, and puts the pointer where it marks nothing. */
async function settle(page: Page): Promise<void> {
  await page.mouse.move(2, 2);
  // One expression: the page's own policy lets nothing be evaluated again and again.
  await page.evaluate('Promise.all([...document.images].map((image) => image.decode().catch(() => null)))');
  await page.evaluate('document.fonts.ready');
}

const atTop = (page: Page, selector: string): Promise<void> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => element.scrollIntoView({ block: 'start' }));

const PICTURES: readonly Picture[] = [
  {
    file: 'slack.png',
    size: DESK,
    user: PEOPLE.manager,
    place: CHANNELS.sales,
    async act(page) {
      const answers = page.locator('#list .message', { has: page.locator('.picture'), hasText: 'at risk' });
      const before = await answers.count();
      await ask(page, '/churn-risk ');
      const picture = answers.nth(before).locator('.picture');
      await picture.waitFor();
      await picture.evaluate((element) => element.scrollIntoView({ block: 'end' }));
    },
  },
  {
    file: 'digest.png',
    size: DESK,
    user: PEOPLE.manager,
    place: CHANNELS.sales,
    act: (page) => atTop(page, '.intro'),
  },
  {
    file: 'home.png',
    size: DESK,
    user: PEOPLE.rep,
    place: `${direct(PEOPLE.rep)}/home`,
    act: (page) => page.locator('.home .block-header').first().waitFor(),
  },
  {
    file: 'modal.png',
    size: DESK,
    user: PEOPLE.rep,
    place: `${direct(PEOPLE.rep)}/home`,
    async act(page) {
      await page.getByRole('button', { name: 'Subscribe…' }).click();
      await page.locator('#modal .field').first().waitFor();
    },
  },
  {
    file: 'thread.png',
    size: DESK,
    user: PEOPLE.rep,
    place: direct(PEOPLE.rep),
    async act(page) {
      await ask(page, 'which of my customers are at risk?');
      await page.locator('#thread .message').nth(1).waitFor();
      await page.locator('#thread .list').evaluate((element) => {
        element.scrollTop = 0;
      });
    },
  },
  {
    file: 'phone.png',
    size: PHONE,
    user: PEOPLE.marketer,
    place: GENERAL,
    async act(page) {
      await ask(page, '/segments ');
      const answer = page.locator('.message.alone', { hasText: '客户' }).last();
      await answer.locator('.chart').first().waitFor();
      await answer.evaluate((element) => element.scrollIntoView({ block: 'start' }));
    },
  },
];

async function shoot(browser: Browser, address: string, picture: Picture): Promise<void> {
  const { width, height, scale: deviceScaleFactor } = picture.size;
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor, colorScheme: 'light' });
  await page.goto(`${address}#${picture.user}/${picture.place}`);
  await page.locator('.intro, .home').first().waitFor();
  await picture.act(page);
  await settle(page);
  keep(picture.file, await smallPng(await page.screenshot()));
  // A form that stays open would greet its person again.
  const form = page.locator('#modal[open]');
  if ((await form.count()) > 0) {
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
  }
  await page.close();
}

function keep(file: string, png: Buffer): void {
  writeFileSync(`${FOLDER}/${file}`, png);
  process.stderr.write(`${FOLDER}/${file} ${Math.round(png.length / 1000)} kB\n`);
}

/** What Kith prints. */
function run(words: readonly string[], dataDir: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('npx', ['tsx', 'src/main.ts', ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, KITH_DATA_DIR: dataDir },
    });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.once('close', (code) =>
      code === 0
        ? resolve(Buffer.concat(said).toString('utf8'))
        : reject(new Error(`kith ${words.join(' ')} ended with ${code}`)),
    );
  });
}

mkdirSync(FOLDER, { recursive: true });
const demo = await startDemo();
try {
  const wanted = PICTURES.filter(({ file }) => isWanted(file));
  if (wanted.length > 0) {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    for (const picture of wanted) await shoot(browser, demo.page, picture);
    await browser.close();
  }
  const { dataDir } = demo;
  if (dataDir !== null && isWanted('charts')) {
    const answer = async (words: readonly string[]): Promise<Report> =>
      JSON.parse(await run(['--json', 'report', ...words], dataDir));
    await drawChartPictures(`${FOLDER}/charts`, answer, (file, png) => keep(`charts/${file}`, png));
  }
  if (dataDir !== null && isWanted('chart.png')) {
    const chart = `${FOLDER}/chart.png`;
    await run(['report', 'churn-risk', '--png', `${process.cwd()}/${chart}`], dataDir);
    keep('chart.png', await smallPng(readFileSync(chart), CHART_WIDTH));
  }
} finally {
  await demo.stop();
}
