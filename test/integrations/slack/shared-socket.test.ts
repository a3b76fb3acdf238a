import { describe, expect, it } from 'vitest';
import { createSharedSocket } from '../../../integrations/slack/shared-socket.ts';
import { chatOf, handlers, LOGGER, MAYA, REPORT, SALES, standIn } from './with-stand-in.ts';

/** Two workspaces of which the first one's Slack has the connection: what comes over it is the first one's, or nobody's. */
async function shared() {
  const [slack, other] = [await standIn(), await standIn({ workspace: ELSEWHERE })];
  const asked: string[] = [];
  const socket = createSharedSocket({
    appToken: slack.appToken,
    apiUrl: slack.apiUrl,
    logger: LOGGER,
    tenantOf: async (teamId) => (known.has(teamId) ? 'acme' : null),
    unknown: { en: 'Kith is not set up here', zh: '此处尚未设置 Kith' },
  });
  const known = new Set<string>();
  const start = async (name: string, its: typeof slack) => {
    const chat = chatOf(its, { socket });
    await chat.start(
      handlers(async () => {
        asked.push(name);
        return { report: REPORT, visibility: 'channel' };
      }),
    );
    return chat;
  };
  const command = () => slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
  return { slack, other, known, asked, start, command };
}
const ELSEWHERE = { name: 'Elsewhere', teamId: 'T0ELSEWHERE', users: [], channels: [], commands: [] };

describe('one Socket Mode connection for many workspaces', () => {
  it('is opened once, and tells each of its own workspace alone', async () => {
    const { slack, other, asked, start, command } = await shared();
    const [theirs, ours] = [await start('theirs', other), await start('ours', slack)];
    expect([slack.connections(), other.connections()]).toEqual([1, 0]);
    expect((await command()).outcome).toBe('acknowledged');
    await slack.waitForMessage(({ blocks }) => blocks.length > 0);
    expect(asked).toEqual(['ours']);
    await ours.stop();
    expect(slack.connections()).toBe(1);
    await theirs.stop();
    await expect.poll(slack.connections).toBe(0);
  });

  it('refuses in words a workspace that is nobody’s, and says of one that is not there that it is being started', async () => {
    const { other, known, asked, start, command } = await shared();
    const theirs = await start('theirs', other);
    expect((await command()).response?.text).toBe('Kith is not set up here.\n此处尚未设置 Kith。');
    known.add('T0KITHDEMO');
    expect((await command()).response?.text).toContain('Kith is being started for this workspace');
    expect(asked).toEqual([]);
    await theirs.stop();
  });
});
