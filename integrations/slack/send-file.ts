import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { say, type Text } from '../../src/lib/text.ts';
import type { ChatRequest, Fresh } from '../../src/ports/chat.ts';
import type { ReportFile } from '../../src/ports/command.ts';
import type { Report } from '../../src/report/report.ts';
import type { DirectChannels } from './direct-channels.ts';
import { cut, escapeWithCommands } from './escape.ts';
import { shareFile, stageFile } from './files.ts';
import { slackFailure } from './slack-errors.ts';
import { Outdated, tellFresh } from './tell-fresh.ts';

const HERE: Text = { en: 'Your file', zh: '您的文件' };

/**
 * A file for whoever asked, in their direct conversation with Kith, since an ephemeral message cannot carry one. Where the
 * conversation's id is not to be had without a message (im:write is optional), it stands below a line that says what it is.
 * Returns what the answer should say about it.
 */
export async function sendFile(
  file: ReportFile,
  { report, fresh }: { readonly report: Report; readonly fresh: Fresh | undefined },
  request: ChatRequest,
  { client, direct, logger }: { client: WebClient; direct: DirectChannels; logger: Logger },
): Promise<Text> {
  try {
    const staged = await stageFile(client, file);
    const headline = report.headline.includes(staged.title) ? '' : `${staged.title} · `;
    const words = escapeWithCommands(cut(`${say(report.language, HERE)}: ${headline}${report.headline}`, 1000));
    const place = await direct.channelOf(request.userId);
    const share = (to: Parameters<typeof shareFile>[2]) => tellFresh(fresh, () => shareFile(client, staged, to));
    if (place !== request.userId) await share({ channelId: place, threadTs: null, words });
    else {
      const unfurl = { unfurl_links: false, unfurl_media: false };
      const { channel, ts } = await tellFresh(fresh, () =>
        client.chat.postMessage({ channel: place, text: words, ...unfurl }),
      );
      await share({ channelId: channel ?? place, threadTs: ts ?? null, words: '' });
    }
    return {
      en: `The file ${staged.title} is in your direct messages with Kith.`,
      zh: `文件 ${staged.title} 已发送到您与 Kith 的私信中。`,
    };
  } catch (error) {
    if (error instanceof Outdated) throw error;
    const failure = slackFailure(error);
    logger.error('a file could not be sent', { request: request.id, reason: messageOf(error) });
    if (failure.kind === 'refused' && failure.error === 'missing_scope') {
      return {
        en: 'The file could not be sent: the Slack app lacks the scope files:write. Whoever looks after Kith can reinstall it with the manifest of this version (kith manifest).',
        zh: '文件未能发送：Slack 应用缺少 files:write 权限。Kith 的管理员可用本版本的 manifest 重新安装（kith manifest）。',
      };
    }
    return {
      en: 'The file could not be sent. Try again in a minute.',
      zh: '文件未能发送，请一分钟后再试。',
    };
  }
}
