import type { FilesCompleteUploadExternalArguments, WebClient } from '@slack/web-api';
import { KithError, messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import type { ReportFile } from '../../src/ports/command.ts';
import { cut, withoutMentions } from './escape.ts';

/** A file whose bytes Slack has, and that nobody can see yet. */
export interface StagedFile {
  readonly id: string;
  readonly title: string;
}

const TIMEOUT_MS = 60_000;

/** Hands a file's bytes to Slack; `shareFile` then shows it. Throws Slack's error, or 'chat-refused' when the bytes were not taken. */
export async function stageFile(client: WebClient, file: ReportFile): Promise<StagedFile> {
  const title = cut(withoutMentions(file.name).trim() || 'kith', 200);
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
    filename: title,
    length: file.bytes.length,
  });
  if (url === undefined || id === undefined)
    throw new KithError('chat-refused', { en: 'Slack gave no place for the file', zh: 'Slack 没有给出文件的上传位置' });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': file.mediaType },
    body: Buffer.from(file.bytes),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.text();
  if (!response.ok)
    throw new KithError('chat-refused', {
      en: `Slack did not take the file (HTTP ${response.status})`,
      zh: `Slack 没有接收该文件（HTTP ${response.status}）`,
    });
  return { id, title };
}

/** Takes files away that no message shows; what Slack does not delete is logged. */
export async function deleteFiles(client: WebClient, ids: readonly string[], logger: Logger): Promise<void> {
  for (const file of ids)
    await client.files.delete({ file }).catch((error: unknown) => {
      logger.warn('a file that nobody was shown could not be deleted', { file, reason: messageOf(error) });
    });
}

/** Shows a staged file in a conversation, below a message where `threadTs` names one, with `words` (marked up; '') above it. */
export async function shareFile(
  client: WebClient,
  { id, title }: StagedFile,
  to: { readonly channelId: string; readonly threadTs: string | null; readonly words: string },
): Promise<void> {
  const thread = to.threadTs === null ? {} : { thread_ts: to.threadTs };
  const words = to.words === '' ? {} : { initial_comment: to.words };
  await client.files.completeUploadExternal({
    files: [{ id, title }],
    channel_id: to.channelId,
    ...words,
    ...thread,
  } as FilesCompleteUploadExternalArguments);
}
