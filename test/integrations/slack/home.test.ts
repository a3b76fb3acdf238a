import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../src/ports/chat.ts';
import type { Report } from '../../../src/report/report.ts';
import { FORM, handlers, LINES, MAYA, REPORT, running, SALES, standIn, WEI } from './with-stand-in.ts';

const ANSWER = { report: REPORT, visibility: 'only-you' } as const;

function page(headline: string, more: Partial<Report> = {}): Report {
  return { ...REPORT, headline, ...more };
}

describe('the Home', () => {
  it('is drawn when a person opens it, for them alone and with buttons that act', async () => {
    const slack = await standIn();
    const asked: ChatRequest[] = [];
    const clicks: string[] = [];
    await running(
      slack,
      handlers(ANSWER, {
        home: async (request) => {
          asked.push(request);
          return page(`Customers of ${request.userEmail}`);
        },
        act: async ({ action, value, userId, channelKind }) => {
          clicks.push(`${action} ${value} ${userId} ${channelKind}`);
          return { report: page('Its gap is three times its usual one'), visibility: 'only-you' };
        },
      }),
    );
    await slack.openHome(WEI, 'messages');
    await slack.openHome(MAYA);
    await expect.poll(() => JSON.stringify(slack.home(MAYA))).toContain('Customers of maya@example.com');
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ userId: MAYA, channelKind: 'direct' });
    expect(slack.home(WEI)).toBeNull();
    await slack.clickButton({ userId: MAYA, surface: 'home', label: 'Why?' });
    const answer = await slack.waitForMessage((message) => message.text.startsWith('Its gap'));
    expect(answer).toMatchObject({ channel: slack.directMessageId(MAYA), ephemeralFor: null });
    expect(clicks).toEqual([`why c_1 ${MAYA} direct`]);
  });

  it('opens a form from a button, and is drawn anew once the form was taken', async () => {
    const slack = await standIn();
    let zone = 'London';
    await running(
      slack,
      handlers(ANSWER, {
        home: async () => page(`Zone: ${zone}`, { actions: [{ action: 'note', label: 'Change it', value: '' }] }),
        openForm: async () => ({ ...FORM, fields: [{ kind: 'text', name: 'zone', label: 'Zone' }] }),
        submitForm: async (_request, values) => {
          zone = values.zone ?? '';
          return { kind: 'done', report: page('Changed', { parts: [] }), changesHome: true };
        },
      }),
    );
    await slack.openHome(MAYA);
    await expect.poll(() => JSON.stringify(slack.home(MAYA))).toContain('Zone: London');
    await slack.clickButton({ userId: MAYA, surface: 'home', label: 'Change it' });
    await expect.poll(() => slack.modals(MAYA).length).toBe(1);
    await slack.submitModal({ userId: MAYA, entered: { 'kith:zone': { entry: 'Shanghai' } } });
    await expect.poll(() => JSON.stringify(slack.home(MAYA))).toContain('Zone: Shanghai');
    const told = await slack.waitForMessage((message) => message.text.startsWith('Changed'));
    expect(told.channel).toBe(slack.directMessageId(MAYA));
  });

  it('is drawn anew after a click that changes it', async () => {
    const slack = await standIn();
    let paused = false;
    await running(
      slack,
      handlers(
        { report: REPORT, visibility: 'channel' },
        {
          home: async () => page(paused ? 'Paused' : 'Running'),
          act: async () => {
            paused = true;
            return { report: page('Done', { parts: [] }), visibility: 'only-you', changesHome: true };
          },
        },
      ),
    );
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    await slack.waitForMessage((message) => message.blocks.length > 0);
    await slack.clickButton({ userId: MAYA, channelId: SALES, label: 'Why?' });
    await expect.poll(() => JSON.stringify(slack.home(MAYA))).toContain('Paused');
  });

  it('is drawn for a person when the product asks for it', async () => {
    const slack = await standIn();
    const chat = await running(slack, handlers(ANSWER));
    await chat.showHome(MAYA, page('Two findings'));
    expect(JSON.stringify(slack.home(MAYA))).toContain('Two findings');
  });

  it('holds up to a hundred blocks, says what is left out, and keeps its line of trust', async () => {
    const slack = await standIn();
    const chat = await running(slack, handlers(ANSWER));
    const parts = Array.from({ length: 200 }, (_, index) => ({ kind: 'text' as const, text: `Line ${index}` }));
    await chat.showHome(MAYA, page('Long', { parts }));
    const blocks = slack.home(MAYA)?.definition.blocks as { type: string }[];
    expect(blocks.length).toBeGreaterThan(90);
    expect(blocks.length).toBeLessThanOrEqual(100);
    expect(JSON.stringify(blocks)).toContain('Data as of 9 Dec 2011');
    expect(JSON.stringify(blocks)).toContain('does not fit');
  });

  it('tells charts and tables in words, since Slack draws neither there, and is plain text where that is refused', async () => {
    const slack = await standIn();
    const chat = await running(slack, handlers(ANSWER));
    const table: Report['parts'][number] = {
      kind: 'table',
      title: 'At risk',
      columns: [
        { label: 'Customer', align: 'left' },
        { label: 'Risk', align: 'right' },
      ],
      rows: [['Kestrel <!here> Foods', '91%']],
    };
    const given = page('My customers', { parts: [...REPORT.parts, table] });
    await chat.showHome(MAYA, given);
    const written = JSON.stringify(slack.home(MAYA)?.definition.blocks);
    expect(written).not.toContain('data_');
    expect(written).toContain('Kestrel Foods 91%, Northwind 58%');
    expect(written).toContain('Kestrel  Foods · 91%');
    expect(slack.calls('views.publish')).toBe(1);
    slack.setFault({ kind: 'refused', method: 'views.publish', error: 'invalid_arguments' });
    await chat.showHome(MAYA, given);
    const blocks = slack.home(MAYA)?.definition.blocks as { type: string; text: { text: string } }[];
    expect(blocks.map(({ type }) => type)).toEqual(['section']);
    expect(blocks[0]?.text.text).toContain('91%');
  });

  it('says why when it cannot be made', async () => {
    const slack = await standIn();
    await running(
      slack,
      handlers(ANSWER, {
        home: async () => {
          throw new TypeError('x is undefined at secret.ts:1');
        },
      }),
    );
    await slack.openHome(MAYA);
    await expect.poll(() => JSON.stringify(slack.home(MAYA))).toContain('failed on its side');
    expect(JSON.stringify(slack.home(MAYA))).not.toContain('secret.ts');
    expect(LINES.some((line) => line.includes('secret.ts'))).toBe(true);
  });
});
