import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { CHANNELS, GENERAL, PEOPLE } from '../demo/workspace.ts';

/**
 * Makes the README's pictures from a running demo: the page on a desk, on a phone in Chinese, and a chart. Chromium is
 * KITH_CHROMIUM, else /usr/bin/chromium.
 */
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

interface Demo {
  readonly page: string;
  readonly dataDir: string;
  stop(): Promise<void>;
}

function startDemo(): Promise<Demo> {
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

interface Picture {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly channel: string;
  readonly user: string;
  /** What to type first, and what the message to show says. */
  readonly command: string;
  readonly headline: RegExp;
}

async function shoot(browser: Browser, address: string, picture: Picture): Promise<void> {
  const { width, height, scale: deviceScaleFactor } = picture;
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor });
  await page.goto(`${address}#${picture.user}/${picture.channel}`);
  const composer = page.locator('#composer textarea').first();
  const messages = page.locator('[data-ts]').filter({ hasText: picture.headline });
  const before = await messages.count();
  await composer.fill(`${picture.command} `);
  await composer.press('Enter');
  const message = messages.nth(before);
  await message.locator('img, svg').last().waitFor({ timeout: 30_000 });
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await message.evaluate((element) => element.scrollIntoView({ block: 'start' }));
  await page.screenshot({ path: `${FOLDER}/${picture.file}` });
  await page.close();
}

function run(words: readonly string[], dataDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('npx', ['tsx', 'src/main.ts', ...words], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, KITH_DATA_DIR: dataDir },
    });
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`kith ${words.join(' ')} ended with ${code}`)),
    );
  });
}

mkdirSync(FOLDER, { recursive: true });
const demo = await startDemo();
try {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  await shoot(browser, demo.page, {
    file: 'slack.png',
    width: 1280,
    height: 900,
    scale: 1,
    channel: CHANNELS.sales,
    user: PEOPLE.manager,
    command: '/churn-risk',
    headline: /at risk in the next/,
  });
  await shoot(browser, demo.page, {
    file: 'phone.png',
    width: 375,
    height: 760,
    scale: 2,
    channel: GENERAL,
    user: PEOPLE.marketer,
    command: '/segments',
    headline: /客户/,
  });
  await browser.close();
  await run(['report', 'churn-risk', '--png', `${process.cwd()}/${FOLDER}/chart.png`], demo.dataDir);
} finally {
  await demo.stop();
}
