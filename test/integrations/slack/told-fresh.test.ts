import { expect, it } from 'vitest';
import type { Fresh } from '../../../src/ports/chat.ts';
import type { Report } from '../../../src/report/report.ts';
import { createErasureGate } from '../../../src/store/erasure-gate.ts';
import { ELSEWHERE, FORM, handlers, MAYA, PNG, REPORT, running, SALES, standIn } from './with-stand-in.ts';

const INSTEAD: Report = { language: 'en', headline: 'Somebody was forgotten', parts: [], trust: '' };

/** What is made now is told as long as nobody is forgotten. */
function gate() {
  const erasures = createErasureGate();
  const fresh = async (): Promise<Fresh> => {
    const { since } = await erasures.once(async () => undefined);
    return { instead: INSTEAD, tell: (call) => erasures.telling(since, call) };
  };
  return { erasures, fresh };
}

it('posts no answer that was made before somebody was forgotten, and takes its picture away', async () => {
  const { erasures, fresh } = gate();
  const slack = await standIn();
  const renderer = {
    async png() {
      await erasures.erasing(async () => undefined);
      return PNG;
    },
  };
  const answer = async () => ({ report: REPORT, visibility: 'channel' as const, fresh: await fresh() });
  await running(slack, handlers(answer), { renderer });
  await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
  const told = await slack.waitForMessage(({ text }) => text.includes('Somebody was forgotten'));
  expect(told).toMatchObject({ channel: SALES, ephemeralFor: MAYA });
  expect(JSON.stringify(slack.messages())).not.toContain('Kestrel');
  await expect.poll(() => slack.files()).toEqual([]);
});

it('says nothing of it to the person alone either, nor in the file that they asked for', async () => {
  const { erasures, fresh } = gate();
  const slack = await standIn();
  const csv = { name: 'risk.csv', mediaType: 'text/csv' as const, bytes: new TextEncoder().encode('Kestrel Foods') };
  let file: typeof csv | undefined;
  const answer = async () => {
    const made = { report: REPORT, visibility: 'only-you' as const, fresh: await fresh(), ...(file && { file }) };
    await erasures.erasing(async () => undefined);
    return made;
  };
  await running(slack, handlers(answer));
  for (const given of [undefined, csv]) {
    file = given;
    const before = slack.messages().length;
    await slack.runCommand({ userId: MAYA, channelId: ELSEWHERE, command: '/churn-risk', text: '' });
    await expect.poll(() => slack.messages().length).toBeGreaterThan(before);
    await expect.poll(() => slack.messages().at(-1)?.text).toContain('Somebody was forgotten');
  }
  expect(JSON.stringify(slack.messages())).not.toContain('Kestrel');
  expect(slack.files()).toEqual([]);
});

it('makes a Home again that was made before somebody was forgotten', async () => {
  const { erasures, fresh } = gate();
  const slack = await standIn();
  let times = 0;
  const home = async () => {
    times += 1;
    const made = { ...REPORT, headline: `Page ${times}`, fresh: await fresh() };
    if (times === 1) await erasures.erasing(async () => undefined);
    return made;
  };
  await running(slack, handlers({ report: REPORT, visibility: 'only-you' }, { home }));
  await slack.openHome(MAYA);
  await expect.poll(() => JSON.stringify(slack.home(MAYA))).toContain('Page 2');
});

it('opens no form that was made before somebody was forgotten', async () => {
  const { erasures, fresh } = gate();
  const slack = await standIn();
  const actions = [{ action: 'note', label: 'Note', value: '' }];
  const openForm = async () => {
    const made = { ...FORM, fresh: await fresh() };
    await erasures.erasing(async () => undefined);
    return made;
  };
  await running(slack, handlers({ report: { ...REPORT, parts: [], actions }, visibility: 'only-you' }, { openForm }));
  await slack.runCommand({ userId: MAYA, channelId: ELSEWHERE, command: '/churn-risk', text: '' });
  await slack.waitForMessage(({ blocks }) => blocks.length > 0);
  await slack.clickButton({ userId: MAYA, channelId: ELSEWHERE, label: 'Note' });
  await expect.poll(() => JSON.stringify(slack.modals(MAYA))).toContain('Somebody was forgotten');
  expect(JSON.stringify(slack.modals(MAYA))).not.toContain('Kestrel');
});
