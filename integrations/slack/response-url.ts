import { KithError } from '../../src/lib/errors.ts';
import type { MessageBody } from './send-down-the-ladder.ts';
import { platformFailure } from './slack-errors.ts';

/** A post to a `response_url` that Slack did not take. */
export class ResponseUrlError extends KithError {
  readonly areBlocksRefused: boolean;

  constructor(reason: string, areBlocksRefused: boolean) {
    super('chat-refused', `Slack did not take an answer through its response_url: ${reason}`);
    this.name = 'ResponseUrlError';
    this.areBlocksRefused = areBlocksRefused;
  }
}

export type ResponseMessage =
  | (MessageBody & { readonly replace_original: boolean; readonly response_type: 'ephemeral' })
  | { readonly delete_original: true };

/** Slack lets a `response_url` be used five times within thirty minutes; Kith stops a little earlier. */
export const RESPONSE_URL_LIFE_MS = 25 * 60_000;

const TIMEOUT_MS = 10_000;

/** Answers through a `response_url`; Bolt's own `respond` neither has a time-out nor says what was refused. */
export async function postToResponseUrl(url: string, message: ResponseMessage): Promise<void> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await response.text();
  } catch (error) {
    throw new ResponseUrlError(error instanceof Error ? error.message : 'no connection', false);
  }
  const error =
    /"error"\s*:\s*"([a-z_]+)"/.exec(text)?.[1] ??
    (/^[a-z_]+$/.test(text.trim()) && text.trim() !== 'ok' ? text.trim() : '');
  if (response.ok && error === '') return;
  throw new ResponseUrlError(error || `HTTP ${response.status}`, platformFailure(error).kind === 'blocks');
}
