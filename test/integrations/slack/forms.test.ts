import { describe, expect, it } from 'vitest';
import type { ActionRequest } from '../../../src/ports/chat.ts';
import type { FormValues } from '../../../src/report/form.ts';
import type { Report } from '../../../src/report/report.ts';
import { FORM, handlers, MAYA, REPORT, running, SALES, SHARED, standIn, WEI } from './with-stand-in.ts';

const WITH_FORM: Report = {
  ...REPORT,
  parts: [],
  actions: [{ action: 'note', label: 'Add a note', value: 'c_1' }],
};

/** A message with a button that opens the form, clicked. */
async function clicked(more: Parameters<typeof handlers>[1], channelId = SALES) {
  const slack = await standIn();
  await running(slack, handlers({ report: WITH_FORM, visibility: 'channel' }, more));
  await slack.runCommand({ userId: MAYA, channelId, command: '/churn-risk', text: '' });
  await slack.waitForMessage((message) => message.blocks.length > 0);
  await slack.clickButton({ userId: MAYA, channelId, label: 'Add a note' });
  return slack;
}

const entered = (what: string) => ({ 'kith:what': { entry: what }, 'kith:days': { entry: '7' } });

describe('forms', () => {
  it('opens a modal with every kind of question, and hands in what was entered by the fields’ names', async () => {
    const submitted: { request: ActionRequest; values: FormValues }[] = [];
    const opened: ActionRequest[] = [];
    const slack = await clicked({
      openForm: async (request) => {
        opened.push(request);
        return FORM;
      },
      submitForm: async (request, values) => {
        submitted.push({ request, values });
        return { kind: 'done', report: { ...REPORT, headline: 'Noted', parts: [] }, changesHome: false };
      },
    });
    await expect.poll(() => slack.modals(MAYA).length).toBe(1);
    expect(opened[0]).toMatchObject({ action: 'note', value: 'c_1', userId: MAYA, channelKind: 'direct' });
    const { definition } = slack.modals(MAYA)[0]!;
    const blocks = definition.blocks as { type: string; element?: { type: string } }[];
    expect(blocks.map((block) => block.element?.type ?? block.type)).toEqual([
      'section',
      'plain_text_input',
      'number_input',
      'static_select',
      'conversations_select',
      'users_select',
      'datepicker',
      'timepicker',
    ]);
    const handedIn = await slack.submitModal({
      userId: MAYA,
      entered: {
        ...entered('No order: they moved <!channel>'),
        'kith:why': { entry: 'price' },
        'kith:where': { entry: SALES },
        'kith:who': { entry: WEI },
        'kith:at': { entry: '09:30' },
      },
    });
    expect(handedIn).toMatchObject({ outcome: 'acknowledged', errors: {} });
    expect(slack.modals(MAYA)).toEqual([]);
    expect(submitted[0]?.request).toMatchObject({ action: 'note', value: 'c_1', userId: MAYA });
    expect({ ...submitted[0]?.values }).toEqual({
      what: 'No order: they moved <!channel>',
      days: '7',
      why: 'price',
      where: SALES,
      who: WEI,
      until: '2026-12-01',
      at: '09:30',
    });
    const told = await slack.waitForMessage((message) => message.text === 'Noted\n\nData as of 9 Dec 2011');
    expect(told).toMatchObject({ channel: SALES, ephemeralFor: MAYA });
  });

  it('leaves the form open with what is wrong at its question, and takes the correction', async () => {
    const values: FormValues[] = [];
    const slack = await clicked({
      submitForm: async (_request, given) => {
        values.push(given);
        if (given.what === 'too short')
          return { kind: 'refused', problems: { what: 'Say more.', elsewhere: 'And why?' } };
        return { kind: 'done', report: null, changesHome: false };
      },
    });
    await expect.poll(() => slack.modals(MAYA).length).toBe(1);
    const wrong = await slack.submitModal({ userId: MAYA, entered: entered('too short') });
    expect(wrong).toMatchObject({ outcome: 'acknowledged', errors: { 'kith:what': 'Say more. And why?' } });
    expect(slack.modals(MAYA)).toHaveLength(1);
    const right = await slack.submitModal({ userId: MAYA, entered: entered('They moved to another city') });
    expect(right).toMatchObject({ outcome: 'acknowledged', errors: {} });
    expect(slack.modals(MAYA)).toEqual([]);
    expect(values).toHaveLength(2);
  });

  it('tells a failure at the first question and keeps what was entered; the same form can be handed in again', async () => {
    let tries = 0;
    const slack = await clicked({
      submitForm: async () => {
        tries += 1;
        if (tries === 1) throw new TypeError('x is undefined at secret.ts:1');
        return { kind: 'done', report: null, changesHome: false };
      },
    });
    await expect.poll(() => slack.modals(MAYA).length).toBe(1);
    const failed = await slack.submitModal({ userId: MAYA, entered: entered('once') });
    expect(failed.errors['kith:what']).toMatch(/failed on its side.*Reference [0-9a-f]{8}/);
    expect(JSON.stringify(failed)).not.toContain('secret.ts');
    expect((await slack.submitModal({ userId: MAYA, entered: entered('once') })).errors).toEqual({});
    expect(tries).toBe(2);
  });

  it('carries a form out once when Slack delivers it twice, with the same answer for both', async () => {
    let count = 0;
    const slack = await clicked({
      submitForm: async () => {
        count += 1;
        return { kind: 'done', report: null, changesHome: false };
      },
    });
    await expect.poll(() => slack.modals(MAYA).length).toBe(1);
    slack.setFault({ kind: 'duplicate-delivery' });
    expect((await slack.submitModal({ userId: MAYA, entered: entered('once') })).outcome).toBe('acknowledged');
    expect(count).toBe(1);
  });

  it('opens with “one moment” when the form takes longer than a trigger lives, then shows it', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slack = await clicked({ openForm: () => held.then(() => FORM) });
    await expect.poll(() => JSON.stringify(slack.modals(MAYA)), { timeout: 5000 }).toContain('One moment');
    release?.();
    await expect.poll(() => JSON.stringify(slack.modals(MAYA))).toContain('Kestrel Foods');
  });

  it('tells in the modal what became of a form that took longer to judge than Slack waits', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slack = await clicked({
      submitForm: () => held.then(() => ({ kind: 'refused', problems: { what: 'Somebody else wrote one.' } })),
    });
    await expect.poll(() => slack.modals(MAYA).length).toBe(1);
    const handedIn = await slack.submitModal({ userId: MAYA, entered: entered('slow') });
    expect(handedIn.outcome).toBe('acknowledged');
    expect(JSON.stringify(slack.modals(MAYA))).toContain('One moment');
    release?.();
    await expect
      .poll(() => JSON.stringify(slack.modals(MAYA)))
      .toContain('Nothing was changed: Somebody else wrote one.');
  });

  it('hands in what the form itself carries in place of the button’s value', async () => {
    const values: string[] = [];
    const slack = await clicked({
      openForm: async () => ({ ...FORM, value: '{"channels.sales":"x"}' }),
      submitForm: async ({ value }) => {
        values.push(value);
        return { kind: 'done', report: null, changesHome: false };
      },
    });
    await expect.poll(() => slack.modals(MAYA).length).toBe(1);
    await slack.submitModal({ userId: MAYA, entered: entered('once') });
    expect(values).toEqual(['{"channels.sales":"x"}']);
  });

  it('tells in the person’s own language what fails before anything is known of them', async () => {
    const { KithError } = await import('../../../src/lib/errors.ts');
    const slack = await standIn();
    const first = await running(slack, handlers({ report: WITH_FORM, visibility: 'channel' }));
    await slack.runCommand({ userId: WEI, channelId: SALES, command: '/churn-risk', text: '' });
    await slack.waitForMessage((message) => message.blocks.length > 0);
    await slack.clickButton({ userId: WEI, channelId: SALES, label: 'Add a note' });
    await expect.poll(() => slack.modals(WEI).length).toBe(1);
    await first.stop();
    const submitForm = async () => {
      throw new KithError('job-busy', { en: 'wait a minute', zh: '请稍等一分钟' });
    };
    await running(slack, handlers({ report: WITH_FORM, visibility: 'channel' }, { submitForm }));
    const { errors } = await slack.submitModal({ userId: WEI, entered: entered('once') });
    expect(errors['kith:what']).toContain('请稍等一分钟。');
  });

  it('says why a form cannot be opened, in the modal', async () => {
    const { KithError } = await import('../../../src/lib/errors.ts');
    const slack = await clicked({
      openForm: async () => {
        throw new KithError('not-allowed', 'only admins may change the channels');
      },
    });
    await expect.poll(() => JSON.stringify(slack.modals(MAYA))).toContain('only admins may change the channels');
  });

  it('refuses a form that Slack would not show, naming what is wrong, rather than cutting it', async () => {
    const many = Array.from({ length: 101 }, (_, index) => ({ value: `v${index}`, label: `Option ${index}` }));
    const slack = await clicked({
      openForm: async () => ({ ...FORM, fields: [{ kind: 'choice', name: 'x', label: 'X', options: many }] }),
    });
    await expect.poll(() => JSON.stringify(slack.modals(MAYA))).toContain('101 options');
    const long = await standIn();
    await running(
      long,
      handlers({
        report: { ...WITH_FORM, actions: [{ action: 'note', label: 'Add a note', value: 'v'.repeat(1999) }] },
        visibility: 'channel',
      }),
    );
    await long.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    await long.waitForMessage((message) => message.blocks.length > 0);
    await long.clickButton({ userId: MAYA, channelId: SALES, label: 'Add a note' });
    await expect.poll(() => JSON.stringify(long.modals(MAYA))).toContain('What happened with Kestrel');
  });

  it('tells who opens one in a channel that is shared with another company that it is shared', async () => {
    const kinds: string[] = [];
    await clicked(
      {
        openForm: async ({ channelKind }) => {
          kinds.push(channelKind);
          return FORM;
        },
      },
      SHARED,
    );
    await expect.poll(() => kinds).toEqual(['shared-externally']);
  });

  it('lets a click on another button through while a form is being made', async () => {
    const slack = await standIn();
    const both: Report = {
      ...WITH_FORM,
      actions: [...(WITH_FORM.actions ?? []), { action: 'why', label: 'Why?', value: 'c_1' }],
    };
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await running(slack, handlers({ report: both, visibility: 'channel' }, { openForm: () => held.then(() => FORM) }));
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    await slack.waitForMessage((message) => message.blocks.length > 0);
    await slack.clickButton({ userId: MAYA, channelId: SALES, label: 'Add a note' });
    await slack.clickButton({ userId: WEI, channelId: SALES, label: 'Why?' });
    await slack.waitForMessage((message) => message.text.startsWith('Because of its gap'));
    release?.();
  });
});
