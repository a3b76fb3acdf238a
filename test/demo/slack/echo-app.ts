import { App, LogLevel } from '@slack/bolt';
import {
  type StandInSlack,
  type StandInSlackOptions,
  startStandInSlack,
} from '../../../demo/slack/start-stand-in-slack.ts';

export const MAYA = {
  id: 'U0MAYA',
  name: 'maya',
  realName: 'Maya Lindqvist',
  email: 'maya@acme.example',
  role: 'Sales manager',
  tz: 'Europe/Stockholm',
  locale: 'en-US',
};
export const CHEN = {
  id: 'U0CHEN',
  name: 'chen',
  realName: '陈丽',
  email: 'chen@acme.example',
  role: '客户成功',
  tz: 'Asia/Shanghai',
  locale: 'zh-CN',
};

export const SALES = {
  id: 'C0SALES',
  name: 'sales',
  purpose: 'Deals and accounts',
  members: ['U0MAYA', 'U0CHEN'],
  isExtShared: false,
};
export const OUTSIDE = {
  id: 'C0OUTSIDE',
  name: 'outside',
  purpose: 'Without the app',
  members: ['U0MAYA'],
  isExtShared: false,
  botIsMember: false,
};

export const WORKSPACE = {
  users: [MAYA, CHEN],
  channels: [SALES, OUTSIDE],
  commands: [
    { command: '/echo', description: 'Says it again', usageHint: '[words]' },
    { command: '/shout', description: 'Says it to everybody', usageHint: '[words]' },
    { command: '/silent', description: 'Never acknowledges', usageHint: '' },
  ],
};

export async function startSlack(options: Partial<StandInSlackOptions> = {}): Promise<StandInSlack> {
  return startStandInSlack({ workspace: WORKSPACE, ...options });
}

export function button(label: string, actionId: string, value: string) {
  return { type: 'button', text: { type: 'plain_text', text: label }, action_id: actionId, value };
}

/** A small Bolt app: `/echo` answers its user alone with a button, `/shout` everybody; the button says what it carried. */
export async function startEchoApp(slack: StandInSlack, options: { port?: number } = {}): Promise<App> {
  const socket = options.port === undefined;
  const app = new App({
    token: slack.botToken,
    signingSecret: slack.signingSecret,
    ...(socket ? { appToken: slack.appToken, socketMode: true } : {}),
    clientOptions: { slackApiUrl: slack.apiUrl },
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
  });
  app.command('/echo', async ({ ack, respond, command }) => {
    await ack('working on it');
    await respond({
      response_type: 'ephemeral',
      replace_original: true,
      text: `echo ${command.text}`,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `echo *${command.text}*` } },
        { type: 'actions', elements: [button('Why?', 'why', 'opaque-1')] } as never,
      ],
    });
  });
  app.command('/shout', async ({ ack, client, command }) => {
    await ack();
    await client.chat.postMessage({ channel: command.channel_id, text: `everybody: ${command.text}` });
  });
  app.command('/silent', async () => {});
  app.action('why', async ({ ack, respond, action }) => {
    await ack();
    await respond({
      text: `because ${'value' in action ? action.value : ''}`,
      response_type: 'ephemeral',
      replace_original: false,
    });
  });
  app.event('app_mention', async ({ say, event }) => {
    await say({ text: `you said ${event.text}`, thread_ts: event.ts });
  });
  await app.init();
  await app.start(options.port ?? 0);
  return app;
}
