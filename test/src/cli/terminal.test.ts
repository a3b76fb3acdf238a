import { describe, expect, test } from 'vitest';
import { progressBar } from '../../../src/cli/terminal.ts';
import type { Language } from '../../../src/lib/text.ts';
import { displayWidth } from '../../../src/report/display-width.ts';

const DEALS = { en: 'deals', zh: '交易' };
const LINKS = { en: 'links of deals', zh: '交易的关联' };

/** A bar whose time goes on by what it is told; what it wrote, one piece for each time that it drew. */
function watched(isTerminal: boolean, language: Language) {
  let now = 0;
  const drawn: string[] = [];
  const terminal = { out: () => undefined, err: (text: string) => drawn.push(text), isTerminal, columns: 80 };
  const bar = progressBar(terminal, () => now, language);
  return {
    drawn,
    bar,
    wait: (ms: number) => {
      now += ms;
    },
  };
}

describe('the progress bar', () => {
  test('is drawn in place for a person, at most ten times a second, and ends its line with the last of a step', () => {
    const { drawn, bar, wait } = watched(true, 'en');
    for (let done = 0; done <= 1000; done++) {
      wait(1);
      bar.update(DEALS, done, 1000);
    }
    expect(drawn.length).toBeGreaterThan(8);
    expect(drawn.length).toBeLessThan(12);
    expect(drawn.every((text) => text.startsWith('\r\x1b[2K  deals '))).toBe(true);
    expect(drawn[5]).toMatch(/█░.* of 1,000 {2}0\.\d s, 1 s left$/);
    bar.update(LINKS, 3, null);
    expect(drawn.at(-2)).toMatch(/deals {20}█{28} 1,000 of 1,000 {2}1\.0 s\n$/);
    wait(2000);
    bar.update(LINKS, 4, null);
    bar.finish();
    expect(drawn.at(-1)).toBe('\r\x1b[2K  links of deals           4  2.0 s\n');
    bar.finish();
    expect(drawn.filter((text) => text.endsWith('\n'))).toHaveLength(2);
  });

  test('is one line for each step that is over where nobody watches', () => {
    const { drawn, bar, wait } = watched(false, 'en');
    for (const done of [0, 40, 80]) {
      wait(500);
      bar.update(DEALS, done, 80);
    }
    expect(drawn).toEqual([]);
    bar.update(LINKS, 0, null);
    bar.finish();
    expect(drawn).toEqual([
      expect.stringMatching(/^ {2}deals .*80 of 80 {2}1\.0 s\n$/),
      '  links of deals             0.0 s\n',
    ]);
  });

  test('speaks Chinese, in the same columns', () => {
    const bars = (['en', 'zh'] as const).map((language) => {
      const { drawn, bar, wait } = watched(true, language);
      bar.update(DEALS, 0, 400);
      wait(1000);
      bar.update(DEALS, 100, 400);
      return drawn.at(-1)!.replace('\r\x1b[2K', '');
    });
    expect(bars[1]).toMatch(/^ {2}交易 {20} █{7}░{21} 100 \/ 400 {2}1\.0 秒，剩余 3 秒$/);
    expect(new Set(bars.map((text) => displayWidth(text.slice(0, text.indexOf('█'))))).size).toBe(1);
  });
});
