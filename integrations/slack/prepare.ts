import type { WebClient } from '@slack/web-api';
import type { ChartSpec } from '../../src/charts/chart-spec.ts';
import { messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import type { Text } from '../../src/lib/text.ts';
import type { ChartRenderer } from '../../src/ports/chart-renderer.ts';
import type { Report } from '../../src/report/report.ts';
import { type SlackFailure, slackFailure } from './slack-errors.ts';
import { uploadPicture } from './upload.ts';

export interface Pictures {
  readonly files: ReadonlyMap<ChartSpec, string>;
  readonly bytes: number;
  readonly reduced: readonly Text[];
  /** Why an upload failed, for a caller who can wait and try the whole message again. */
  readonly failure: SlackFailure | null;
}

const NO_PICTURE: Text = {
  en: 'The picture could not be uploaded; the chart is shown in a simpler form.',
  zh: '图片上传失败，图表以较简单的形式显示。',
};

const NO_FILE_SCOPE: Text = {
  en: 'The chart is shown in a simpler form: the Slack app lacks the scopes for pictures (files:write and files:read). Whoever looks after Kith can reinstall it with kith manifest.',
  zh: '图表以较简单的形式显示：Slack 应用缺少图片所需的权限（files:write 和 files:read）。Kith 的管理员可用 kith manifest 重新安装。',
};

/** Draws and uploads every chart of a report. A chart that fails goes down to the next rung, and the message says so. */
export async function uploadPictures(
  report: Report,
  client: WebClient,
  renderer: ChartRenderer,
  logger: Logger,
  readyWithinMs: number,
): Promise<Pictures> {
  const files = new Map<ChartSpec, string>();
  let bytes = 0;
  let failure: SlackFailure | null = null;
  const reduced: Text[] = [];
  for (const part of report.parts) {
    if (part.kind !== 'chart') continue;
    try {
      const png = await renderer.png(part.chart);
      const upload = await uploadPicture(client, png, part.chart, readyWithinMs);
      files.set(part.chart, upload.fileId);
      bytes += upload.bytes;
    } catch (error) {
      failure = slackFailure(error);
      reduced.push(failure.kind === 'refused' && failure.error === 'missing_scope' ? NO_FILE_SCOPE : NO_PICTURE);
      logger.warn('a chart could not be sent as a picture', { reason: messageOf(error) });
    }
  }
  return { files, bytes, reduced, failure };
}

/** E-mails of owners who are to be mentioned. */
export function emailsToMention(report: Report): string[] {
  return report.parts.flatMap((part) => (part.kind === 'item' && part.owner?.mention ? [part.owner.email] : []));
}
