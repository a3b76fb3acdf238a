import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { verifySlackRequest } from '@slack/bolt';
import { messageOf } from '../../src/lib/errors.ts';
import { readBody } from '../../src/lib/read-body.ts';
import type { Text } from '../../src/lib/text.ts';
import type { ChatGateway } from '../../src/ports/gateway.ts';
import { isStampedAhead } from './receivers.ts';
import { addressOf, payloadOf } from './team-of.ts';

/**
 * The one address of an app for many workspaces: checks that Slack speaks, finds whose workspace it is about, and gives the request
 * on whole, to be checked and answered as if it had come to that tenant alone. Nothing but the payload's own workspace is looked at.
 */
export function slackGateway(options: ChatGateway): RequestListener {
  return (request, response) => {
    take(options, request, response).catch((error: unknown) => {
      options.onTrouble(`A request of Slack failed: ${messageOf(error)}`);
      if (!response.headersSent) say(response, 500, { error: 'internal error' });
    });
  };
}

async function take(options: ChatGateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  if (body === null) return say(response, 413, { error: 'the request is too large' });
  const payload = payloadOf(body, request.headers['content-type'] ?? '');
  // Slack looks at the certificate now and then, without a signature.
  if (isSslCheck(payload)) return say(response, 200, {});
  if (!isSigned(options, request, body)) {
    options.onTrouble('A request that is not signed by Slack, or not freshly, was refused');
    return say(response, 401, { error: 'the signature does not fit' });
  }
  const to = addressOf(payload);
  if (to === null) return say(response, 400, { error: 'this is no request of Slack’s' });
  if (to.kind === 'url-verification') return say(response, 200, { challenge: to.challenge });
  const tenant = to.teamId === '' ? null : await options.tenantOf(to.teamId);
  if (tenant === null) {
    options.onTrouble(`A request of a Slack workspace that Kith is not set up for was refused (${to.teamId})`);
    if (to.kind === 'command') return say(response, 200, aloud(options.unknown));
    // Slack turns off an app's events when too many fail, and those of a workspace that has left are nobody's failure.
    return say(response, to.kind === 'event' ? 200 : 403, { refused: options.unknown.en });
  }
  if ((await options.hand(tenant, { request, body }, response)) === 'taken') return;
  if (to.kind === 'command') return say(response, 200, aloud(STARTING));
  response.setHeader('retry-after', '30');
  say(response, 503, { error: STARTING.en });
}

function isSigned(options: ChatGateway, { headers }: IncomingMessage, body: Buffer): boolean {
  const stamp = Number(headers['x-slack-request-timestamp']);
  const signature = headers['x-slack-signature'];
  if (typeof signature !== 'string' || isStampedAhead(stamp, options.now())) return false;
  try {
    verifySlackRequest({
      signingSecret: options.signingSecret,
      body: body.toString('utf8'),
      headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': stamp },
      nowMilliseconds: options.now(),
    });
    return true;
  } catch {
    return false;
  }
}

function isSslCheck(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'ssl_check' in payload && payload.ssl_check === '1';
}

/** For the person who typed, in both languages: nothing is known of them yet. */
export function aloud({ en, zh }: Text) {
  return { response_type: 'ephemeral', text: `${en}.\n${zh}。` };
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Known, and not there this moment. */
export const STARTING: Text = {
  en: 'Kith is being started for this workspace, or is waiting for its administrator; try again in a few minutes',
  zh: 'Kith 正在为此工作区启动，或正在等待管理员处理；请几分钟后再试',
};
