import { describe, expect, it } from 'vitest';
import { handlers, LINES, REPORT, running, SALES, standIn } from './with-stand-in.ts';

const MESSAGE = { key: 'k', channelId: SALES, report: REPORT, threadId: null, replaces: null, file: null };

async function connected() {
  const slack = await standIn();
  let removals = 0;
  const chat = await running(
    slack,
    handlers(
      { report: REPORT, visibility: 'channel' },
      {
        removed: async () => {
          removals += 1;
        },
      },
    ),
  );
  return { slack, chat, removals: () => removals };
}

describe('an app that was taken out of the workspace', () => {
  it.each(['uninstalled', 'revoked'] as const)('tells it once and disconnects for good (%s)', async (kind) => {
    const { slack, chat, removals } = await connected();
    await slack.uninstall(kind);
    await expect.poll(removals).toBe(1);
    await expect.poll(() => slack.connections()).toBe(0);
    const calls = slack.calls('chat.postMessage');
    expect(await chat.deliver(MESSAGE)).toMatchObject({
      outcome: 'not-sent',
      reason: expect.stringContaining('workspace'),
    });
    expect(slack.calls('chat.postMessage')).toBe(calls);
    expect(slack.calls('apps.connections.open')).toBe(1);
    expect(removals()).toBe(1);
  });

  it('notices by a refused message where no event came', async () => {
    const { slack, chat, removals } = await connected();
    slack.setFault({ kind: 'refused', method: 'files.getUploadURLExternal', error: 'account_inactive' });
    expect(await chat.deliver(MESSAGE)).toMatchObject({ outcome: 'not-sent' });
    await expect.poll(removals).toBe(1);
    await expect.poll(() => slack.connections()).toBe(0);
  });

  it('does not try for ever to connect with a token that was withdrawn', async () => {
    const { slack, removals } = await connected();
    slack.setFault({ kind: 'refused', method: 'apps.connections.open', error: 'invalid_auth' });
    slack.requestReconnect();
    await expect.poll(removals, { timeout: 20_000 }).toBe(1);
    expect(slack.calls('apps.connections.open')).toBe(2);
    expect(LINES.filter((line) => line.includes('for good')).length).toBeGreaterThan(0);
  }, 30_000);
});
