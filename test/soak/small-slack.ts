import { startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { createSlackChat } from '../../integrations/slack/create-slack-chat.ts';
import type { Logger } from '../../src/lib/logger.ts';

const CHANNELS = ['C0ONE', 'C0TWO', 'C0THREE', 'C0FOUR'];
const silent = (): void => {};
const LOGGER: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** A stand-in Slack whose time passes only when it is told to, and Kith's own way of delivering to it. */
export async function openSmallSlack() {
  let clock = Date.parse('2026-03-09T09:00:00Z');
  const slack = await startStandInSlack({
    workspace: {
      users: [{ id: 'U1', name: 'maya', realName: 'Maya', email: '', role: '', tz: 'UTC', locale: 'en-GB' }],
      channels: CHANNELS.map((id) => ({
        id,
        name: id.toLowerCase(),
        purpose: '',
        members: ['U1'],
        isExtShared: false,
      })),
      commands: [],
    },
    now: () => clock,
  });
  const chat = createSlackChat({
    botToken: slack.botToken,
    appToken: slack.appToken,
    apiUrl: slack.apiUrl,
    mode: 'socket',
    renderer: { png: async () => Buffer.alloc(0) },
    logger: LOGGER,
    firstTime: async () => true,
  });
  return {
    slack,
    chat,
    channels: CHANNELS,
    pass(ms: number): void {
      clock += ms;
    },
    close: () => slack.close(),
  };
}
