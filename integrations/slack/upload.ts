import { setTimeout as wait } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { KithError } from '../../src/lib/errors.ts';
import { cut, withoutMentions } from './escape.ts';

export interface Upload {
  readonly fileId: string;
  readonly bytes: number;
}

/**
 * Uploads a picture to no channel and waits until Slack has looked at it: only then may a block show it. Throws Slack's
 * error, or `chat-refused` when the file does not become ready in time.
 */
export async function uploadPicture(
  client: WebClient,
  png: Uint8Array,
  { title, alt }: { readonly title: string; readonly alt: string },
  readyWithinMs: number,
): Promise<Upload> {
  const result = await client.filesUploadV2({
    file: Buffer.from(png),
    filename: 'chart.png',
    title: cut(withoutMentions(title).trim() || 'chart', 200),
    alt_text: cut(withoutMentions(alt).trim() || 'chart', 1000),
  });
  const fileId = result.files[0]?.files?.[0]?.id;
  if (fileId === undefined)
    throw new KithError('chat-refused', {
      en: 'Slack took a picture but gave it no id',
      zh: 'Slack 接收了图片，但没有给出它的编号',
    });
  const deadline = Date.now() + readyWithinMs;
  for (let pause = 50; Date.now() < deadline; pause = Math.min(1000, pause * 2)) {
    const { file } = await client.files.info({ file: fileId });
    if (file?.mimetype) return { fileId, bytes: png.length };
    await wait(pause);
  }
  throw new KithError('chat-refused', {
    en: `Slack did not finish looking at the picture ${fileId} in ${readyWithinMs} ms`,
    zh: `Slack 在 ${readyWithinMs} 毫秒内没有处理完图片 ${fileId}`,
  });
}
