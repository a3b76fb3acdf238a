import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createListener, type Listener } from '../../../integrations/http/create-listener.ts';
import { handlers, LOGGER, MAYA, REPORT, running, SALES, standIn } from './with-stand-in.ts';

let listener: Listener | null = null;
afterEach(async () => listener?.close());

async function httpMode() {
  const slack = await standIn();
  const own = createListener({ port: 0, host: '127.0.0.1', logger: LOGGER, ready: () => ({ ok: true, reason: '' }) });
  listener = own;
  const port = await own.open();
  await running(slack, handlers({ report: REPORT, visibility: 'channel' }), {
    mode: 'http',
    signingSecret: slack.signingSecret,
    mount: own.mount,
  });
  const url = `http://127.0.0.1:${port}/slack/events`;
  slack.useRequestUrl(url);
  return { slack, url };
}

async function signed(url: string, secret: string, aheadSeconds: number): Promise<number> {
  const stamp = String(Math.floor(Date.now() / 1000) + aheadSeconds);
  const body = JSON.stringify({ type: 'url_verification', challenge: 'c' });
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex')}`;
  const headers = {
    'content-type': 'application/json',
    'x-slack-request-timestamp': stamp,
    'x-slack-signature': signature,
  };
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

describe('createSlackChat in HTTP mode', () => {
  it('answers signed requests through the one listener', async () => {
    const { slack } = await httpMode();
    const ack = await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    expect(ack.outcome).toBe('acknowledged');
    const message = await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    expect(message.blocks.map((block) => block.type)).toContain('image');
  });

  it('refuses a wrong signature, an old stamp and a stamp of tomorrow', async () => {
    const { slack, url } = await httpMode();
    expect(await signed(url, slack.signingSecret, 0)).toBe(200);
    expect(await signed(url, 'another secret', 0)).toBe(401);
    expect(await signed(url, slack.signingSecret, -600)).toBe(401);
    expect(await signed(url, slack.signingSecret, 86_400)).toBe(401);
  });
});
