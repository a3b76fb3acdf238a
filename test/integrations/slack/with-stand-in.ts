import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import {
  type StandInSlack,
  type StandInSlackOptions,
  startStandInSlack,
} from '../../../demo/slack/start-stand-in-slack.ts';
import { createSlackChat, type SlackChatOptions } from '../../../integrations/slack/create-slack-chat.ts';
import type { Logger } from '../../../src/lib/logger.ts';
import type { Answer, Chat, ChatHandlers } from '../../../src/ports/chat.ts';
import type { Form } from '../../../src/report/form.ts';
import type { Report } from '../../../src/report/report.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

export const MAYA = 'U0MAYA';
export const WEI = 'U0WEI';
export const SALES = 'C0SALES';
export const ELSEWHERE = 'C0ELSE';
export const SHARED = 'C0SHARED';

export const LINES: string[] = [];
const log = (level: string) => (message: string, fields?: unknown) => {
  LINES.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
};
export const LOGGER: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };

export const PNG = readFileSync(fileURLToPath(new URL('./pixel.png', import.meta.url)));

export async function standIn(options: Partial<StandInSlackOptions> = {}): Promise<StandInSlack> {
  const slack = await startStandInSlack({
    workspace: {
      users: [
        {
          id: MAYA,
          name: 'maya',
          realName: 'Maya Ortiz',
          email: 'maya@example.com',
          role: 'Sales manager',
          tz: 'Europe/London',
          locale: 'en-GB',
        },
        {
          id: WEI,
          name: 'wei',
          realName: 'Wei Zhang',
          email: 'wei@example.com',
          role: 'Marketing',
          tz: 'Asia/Shanghai',
          locale: 'zh-CN',
        },
      ],
      channels: [
        { id: SALES, name: 'sales', purpose: 'Sales', members: [MAYA, WEI], isExtShared: false },
        {
          id: ELSEWHERE,
          name: 'elsewhere',
          purpose: 'Without Kith',
          members: [MAYA],
          isExtShared: false,
          botIsMember: false,
        },
        { id: SHARED, name: 'shared', purpose: 'With another company', members: [MAYA], isExtShared: true },
      ],
      commands: ['/churn-risk', '/churn-risks', '/kith', '/not-registered'].map((command) => ({
        command,
        description: 'x',
        usageHint: '',
      })),
      shortcuts: [
        { kind: 'message', callbackId: 'ask_kith', name: 'Ask Kith about this' },
        { kind: 'global', callbackId: 'ask_kith_anything', name: 'Ask Kith' },
      ],
    },
    ...options,
  });
  opened.push(() => slack.close());
  return slack;
}

export function chatOf(slack: StandInSlack, more: Partial<SlackChatOptions> = {}): Chat {
  const chat = createSlackChat({
    botToken: slack.botToken,
    appToken: slack.appToken,
    apiUrl: slack.apiUrl,
    mode: 'socket',
    renderer: { png: async () => PNG },
    logger: LOGGER,
    firstTime: async () => true,
    ...more,
  });
  return chat;
}

export const REPORT: Report = {
  language: 'en',
  headline: '38 customers at risk, £182k',
  parts: [
    { kind: 'facts', facts: [{ label: 'Eligible', value: '1,203' }] },
    {
      kind: 'chart',
      chart: {
        kind: 'horizontal-bar',
        title: 'No-order risk',
        alt: 'Kestrel Foods 91%, Northwind 58%',
        format: { kind: 'percent' },
        labels: ['Kestrel Foods', 'Northwind'],
        series: [{ name: 'Risk', values: [0.91, 0.58] }],
      },
    },
    {
      kind: 'item',
      title: 'Kestrel Foods <!channel>',
      text: 'No order for 143 days',
      owner: { id: '1', name: 'Maya Ortiz', email: 'Maya@example.com', mention: true },
      actions: [{ action: 'why', label: 'Why?', value: 'c_1' }],
    },
  ],
  trust: 'Data as of 9 Dec 2011',
};

export function handlers(answer: Answer | ChatHandlers['answer'], more: Partial<ChatHandlers> = {}): ChatHandlers {
  const give = typeof answer === 'function' ? answer : async () => answer;
  return {
    commands: [
      { name: 'churn-risk', summary: { en: 'At risk', zh: '风险' }, usage: '' },
      { name: 'kith', summary: { en: 'Help', zh: '帮助' }, usage: '' },
    ],
    actions: ['why'],
    acknowledgement: (request) => `Working on ${request.command} (data as of 09:00)`,
    answer: give,
    act: async () => ({
      report: { language: 'en', headline: 'Because of its gap', parts: [], trust: '' },
      visibility: 'only-you',
    }),
    languageOf: () => null,
    forms: ['note'],
    openForm: async () => FORM,
    submitForm: async () => ({ kind: 'done', report: null, changesHome: false }),
    home: async ({ userLanguage }) => ({ ...REPORT, language: userLanguage, headline: 'My customers' }),
    ask: async ({ text, userLanguage }) => ({
      report: { language: userLanguage, headline: `Asked: ${text}`, parts: [], trust: '' },
      visibility: 'only-you',
    }),
    removed: async () => {},
    ...more,
  };
}

export const FORM: Form = {
  language: 'en',
  title: 'A note',
  submit: 'Save',
  intro: 'What happened with Kestrel Foods?',
  fields: [
    { kind: 'text', name: 'what', label: 'Note', most: 200 },
    { kind: 'number', name: 'days', label: 'Ask again in days', least: 1, most: 90, isWhole: true, value: 14 },
    {
      kind: 'choice',
      name: 'why',
      label: 'Reason',
      isOptional: true,
      options: [
        { value: 'price', label: 'Price' },
        { value: 'other', label: 'Something else' },
      ],
    },
    { kind: 'channel', name: 'where', label: 'Channel', isOptional: true },
    { kind: 'person', name: 'who', label: 'Person', isOptional: true },
    { kind: 'day', name: 'until', label: 'Until', isOptional: true, value: '2026-12-01' },
    { kind: 'time', name: 'at', label: 'At', isOptional: true },
  ],
};

/** An address where nobody listens. */
export async function nowhere(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/api/`;
}

/** A chat that runs until the test is over. */
export async function running(
  slack: StandInSlack,
  given: ChatHandlers,
  more: Partial<SlackChatOptions> = {},
): Promise<Chat> {
  const chat = chatOf(slack, more);
  await chat.start(given);
  let stopped = false;
  const stop = chat.stop;
  const once: Chat = {
    ...chat,
    async stop() {
      if (stopped) return;
      stopped = true;
      await stop();
    },
  };
  opened.push(once.stop);
  return once;
}
