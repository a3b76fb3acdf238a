import type { Config } from './config.ts';
import type { ChatInstallation, EndedInstallation } from './domain/chat-installation.ts';
import type { Instant } from './domain/crm.ts';
import type { HttpListener, SlackConnected, SlackDisconnected } from './kith.ts';
import { KithError } from './lib/errors.ts';
import type { Logger } from './lib/logger.ts';
import type { Text } from './lib/text.ts';
import { noteListening } from './note-listening.ts';
import type { ChatInstaller } from './ports/chat-install.ts';
import type { InstallationFile } from './store/installation-file.ts';

/** How long `kith connect slack` waits for somebody to add Kith. */
const WAIT_MS = 10 * 60_000;

/** Kith's place in Slack where it is added by OAuth: one workspace, and its token while there is one. */
export interface SlackAccess {
  readonly installUrl: string;
  /** Null before the first installation. */
  standing(): Promise<ChatInstallation | EndedInstallation | null>;
  /** Mounts the pages of the installation; connecting uses this listener while it is open. */
  listener(listener: HttpListener): HttpListener;
  /** Tells the address of the install page and waits until Kith was added. */
  connect(
    announce: (url: string, redirectUrl: string) => void,
    openListener: () => HttpListener,
  ): Promise<SlackConnected>;
  /** Takes Kith out of the workspace and forgets which one it was. */
  disconnect(): Promise<SlackDisconnected>;
  /**
   * Deletes a token that Slack takes no more; the workspace stays the one that Kith serves. False where that token is good, or
   * is not the one that is kept.
   */
  ended(botToken: string): Promise<boolean>;
  /** Told after each change of what is kept; returns the function that stops telling. */
  watch(changed: () => void): () => void;
}

export function createSlackAccess(options: {
  readonly file: InstallationFile;
  readonly installer: ChatInstaller;
  readonly now: () => Instant;
  readonly logger: Logger;
  /** Whether another tenant of the same app has a workspace. */
  readonly isElsewhere?: (teamId: string) => Promise<boolean>;
}): SlackAccess {
  const { file, installer, now, logger, isElsewhere = async () => false } = options;
  const watchers = new Set<() => void>();
  const tell = (): void => {
    for (const changed of [...watchers]) changed();
  };
  const waiting = new Set<(installation: ChatInstallation) => void>();
  let isListening = false;

  const pages = installer.pages({
    isElsewhere,
    async keep(installation) {
      const { teamId, teamName, installedBy } = installation;
      if (await isElsewhere(teamId)) {
        logger.warn('an installation in the Slack workspace of another tenant was refused', { other: teamId });
        throw new KithError('not-allowed', otherWorkspace(teamName));
      }
      const kind = await file.exclusively(async () => {
        const known = await file.read().catch((reason: unknown) => {
          // One that opens no more is worth nothing, and is what people add Kith again for.
          if (reason instanceof KithError) return null;
          throw reason;
        });
        if (known !== null && known.teamId !== teamId) {
          logger.warn('an installation in another Slack workspace was refused', {
            serves: known.teamId,
            other: teamId,
          });
          throw new KithError('not-allowed', otherWorkspace(teamName));
        }
        await file.save(installation);
        return known === null ? ('new' as const) : ('renewed' as const);
      });
      logger.info('Kith was added to a Slack workspace', { team: teamId, name: teamName, by: installedBy, kind });
      tell();
      for (const done of waiting) done(installation);
      return kind;
    },
    isBound: async () => (await file.read().catch(() => null)) !== null,
  });

  return {
    installUrl: installer.installUrl,
    standing: () => file.read(),
    listener(listener) {
      for (const [path, handler] of Object.entries(pages)) listener.mount(path, handler);
      return noteListening(listener, (isOpen) => {
        isListening = isOpen;
      });
    },
    async connect(announce, openListener) {
      const own = isListening ? null : openListener();
      await own?.open();
      let timer: NodeJS.Timeout | undefined;
      let done: (installation: ChatInstallation) => void = () => undefined;
      try {
        const added = new Promise<ChatInstallation>((resolve, reject) => {
          timer = setTimeout(() => reject(new KithError('job-timeout', NOBODY_CAME)), WAIT_MS);
          done = resolve;
          waiting.add(done);
        });
        announce(installer.installUrl, installer.redirectUrl);
        const { teamId, teamName, scopes } = await added;
        return {
          workspace: `${teamName} (${teamId})`,
          scopes,
          not_granted: installer.optionalScopes.filter((scope) => !scopes.includes(scope)),
          next: "'kith start' runs the bot, 'kith doctor' looks at everything",
        };
      } finally {
        clearTimeout(timer);
        waiting.delete(done);
        await own?.close();
      }
    },
    async disconnect() {
      const { workspace, withdrawn } = await file.exclusively(async () => {
        const known = await file.read().catch((error: unknown) => {
          // One that opens no more cannot be withdrawn from here, and is deleted all the same.
          if (error instanceof KithError) return 'unreadable' as const;
          throw error;
        });
        let taken = false;
        if (known !== null && known !== 'unreadable' && known.botToken !== null) {
          // At Slack first, as a forgotten token cannot be withdrawn; where that fails it is forgotten all the same.
          taken = await installer.uninstall(known.botToken).then(
            () => true,
            () => false,
          );
        }
        await file.forget();
        if (known === null) return { workspace: 'none', withdrawn: false };
        if (known === 'unreadable') return { workspace: 'unknown', withdrawn: false };
        return { workspace: `${known.teamName} (${known.teamId})`, withdrawn: taken };
      });
      tell();
      const next =
        workspace === 'none'
          ? 'there was no installation to forget'
          : withdrawn
            ? 'any workspace may be connected now'
            : 'Slack was not told: remove the app there too (the workspace’s settings, Manage apps)';
      return { workspace, withdrawn, next };
    },
    async ended(botToken) {
      // An event may come late, after the app was added again: Slack itself is asked what is true now.
      if ((await installer.isGood(botToken)) === true) return false;
      const isEnded = await file.exclusively(async () => {
        const known = await file.read();
        if (known?.botToken !== botToken) return false;
        const { teamId, teamName } = known;
        await file.save({ teamId, teamName, botToken: null, removedAt: now() });
        return true;
      });
      if (isEnded) tell();
      return isEnded;
    },
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}

/** Why there is nothing to speak with. */
export function notInSlack(standing: EndedInstallation | null, installUrl: string): KithError {
  if (standing === null)
    return new KithError('chat-not-connected', {
      en: `Kith was not added to a Slack workspace yet; open ${installUrl} while Kith runs, or run 'kith connect slack'`,
      zh: `Kith 尚未添加到 Slack 工作区；请在 Kith 运行时打开 ${installUrl}，或运行 kith connect slack`,
    });
  const day = new Date(standing.removedAt).toISOString().slice(0, 10);
  return new KithError('chat-not-connected', {
    en: `Kith was taken out of the Slack workspace ${standing.teamName} on ${day}: its token is deleted and messages wait; open ${installUrl} while Kith runs to add it again, or run 'kith connect slack'`,
    zh: `Kith 已于 ${day} 从 Slack 工作区 ${standing.teamName} 移除：令牌已删除，消息等待中；请在 Kith 运行时打开 ${installUrl} 重新添加，或运行 kith connect slack`,
  });
}

/** Why there is no way to add Kith by OAuth. */
export function noSlackApp({ slack }: Config): KithError {
  return new KithError(
    'config',
    slack.botToken !== null
      ? {
          en: 'Kith uses the token of SLACK_BOT_TOKEN; to add it by OAuth, put SLACK_CLIENT_ID and SLACK_CLIENT_SECRET into .env in its place',
          zh: 'Kith 正在使用 SLACK_BOT_TOKEN 的令牌；要通过 OAuth 添加，请在 .env 中改用 SLACK_CLIENT_ID 和 SLACK_CLIENT_SECRET',
        }
      : {
          en: 'SLACK_CLIENT_ID is not set; put the client id and the client secret of your app in Slack (Basic Information) into .env (a Kith that is running reads them when it starts again)',
          zh: '未设置 SLACK_CLIENT_ID；请将 Slack 应用的 client id 和 client secret（Basic Information）写入 .env（正在运行的 Kith 在重新启动时读取）',
        },
  );
}

const NOBODY_CAME: Text = {
  en: "Nobody added Kith to Slack within 10 minutes; run 'kith connect slack' again",
  zh: '10 分钟内没有人将 Kith 添加到 Slack；请重新运行 kith connect slack',
};

function otherWorkspace(other: string): Text {
  return {
    en: `This Kith serves another workspace than ${other}, and nothing was changed: choose the right one in Slack. ${other} needs a Kith of its own; to move this one, its administrator runs 'kith disconnect slack' first`,
    zh: `此 Kith 服务的工作区不是 ${other}，未做任何更改：请在 Slack 中选择正确的工作区。${other} 需要自己的 Kith；若要迁移，请管理员先运行 kith disconnect slack`,
  };
}
