import type { Installation } from '@slack/bolt';
import type { ChatInstallation } from '../../src/domain/chat-installation.ts';
import { KithError } from '../../src/lib/errors.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';
import { UNKNOWN } from './install-states.ts';
import { missingScopes, REQUIRED_SCOPES } from './scopes.ts';
import { slackFailure } from './slack-errors.ts';

/** What Slack granted, if it is what Kith can work with. KithError('chat-refused') with what a person is told otherwise. */
export function takenInstallation(given: Installation, now: number): ChatInstallation {
  const { team, bot, user, isEnterpriseInstall } = given;
  if (isEnterpriseInstall === true || team === undefined) throw new KithError('chat-refused', WHOLE_ORGANISATION);
  if (bot === undefined) throw new KithError('chat-refused', NO_BOT);
  if (bot.refreshToken !== undefined) throw new KithError('chat-refused', ROTATED);
  const missing = missingScopes(bot.scopes, REQUIRED_SCOPES);
  if (missing.length > 0) {
    const uses = (language: Language): string =>
      missing.map(({ name, use }) => `${say(language, use)} (${name})`).join(language === 'en' ? '; ' : '；');
    throw new KithError('chat-refused', {
      en: `Slack did not grant what Kith cannot do without, and nothing was stored; add Kith again and allow it, or add the scopes to the app (kith manifest). What would not work: ${uses('en')}`,
      zh: `Slack 未授予 Kith 必需的权限，未保存任何内容；请重新添加 Kith 并允许，或在应用中补上权限（kith manifest）。否则无法使用：${uses('zh')}`,
    });
  }
  return {
    teamId: team.id,
    teamName: team.name ?? team.id,
    botToken: bot.token,
    scopes: bot.scopes,
    installedAt: now,
    installedBy: user.id,
  };
}

/** What a person is told of an installation that came to nothing. `denial` is the error that Slack sent the person back with. */
export function refusalText(
  error: unknown,
  denial: string,
  redirectUri: string,
): { readonly text: Text; readonly status: number } {
  if (error instanceof KithError && error.code === 'too-many') return { text: error.text, status: 429 };
  if (error instanceof KithError)
    return error.code === 'chat-refused' || error.code === 'not-allowed'
      ? { text: error.text, status: 400 }
      : { text: UNFINISHED, status: 500 };
  if (denial === 'access_denied') return { text: DECLINED, status: 400 };
  if (denial !== '') return { text: endedThere(denial), status: 400 };
  if (codeOf(error).startsWith('slack_oauth_')) return { text: UNKNOWN, status: 400 };
  const failure = slackFailure(error);
  if (failure.kind === 'unreachable' || failure.kind === 'limited') return { text: UNREACHABLE, status: 502 };
  if (failure.kind === 'unknown') return { text: UNFINISHED, status: 502 };
  switch (failure.error) {
    case 'invalid_code':
    case 'code_already_used':
    case 'code_expired':
      return { text: OLD_CODE, status: 400 };
    case 'bad_redirect_uri':
      return { text: unknownAddress(redirectUri), status: 500 };
    case 'invalid_client_id':
    case 'bad_client_secret':
      return { text: WRONG_CLIENT, status: 500 };
    default:
      return { text: endedThere(failure.error), status: 400 };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Slack's own word, where it is one. */
function endedThere(word: string): Text {
  const reason = /^[a-z_]{1,60}$/.test(word) ? ` (${word})` : '';
  if (word === 'invalid_team_for_non_distributed_app')
    return {
      en: 'This app of Kith may be added to the workspace in which it was made and to no other; choose that workspace in Slack',
      zh: '此 Kith 应用只能添加到创建它的工作区；请在 Slack 中选择该工作区',
    };
  return {
    en: `Slack ended the installation${reason}, and nothing was stored; start again from the install page`,
    zh: `Slack 结束了安装${reason}，未保存任何内容；请从安装页面重新开始`,
  };
}

function unknownAddress(redirectUri: string): Text {
  return {
    en: `Slack does not know the address ${redirectUri}; add it to the app's redirect URLs (OAuth & Permissions), and check KITH_PUBLIC_URL`,
    zh: `Slack 不认识地址 ${redirectUri}；请将其添加到应用的 Redirect URLs（OAuth & Permissions），并检查 KITH_PUBLIC_URL`,
  };
}

const DECLINED: Text = {
  en: 'The installation was declined in Slack, and nothing was stored; start again from the install page when it is wanted',
  zh: '安装在 Slack 中被取消，未保存任何内容；需要时请从安装页面重新开始',
};
const OLD_CODE: Text = {
  en: 'Slack’s answer was used before or is older than 10 minutes, and nothing was stored; start again from the install page',
  zh: 'Slack 的授权码已使用过或已超过 10 分钟，未保存任何内容；请从安装页面重新开始',
};
const WRONG_CLIENT: Text = {
  en: 'Slack does not accept SLACK_CLIENT_ID with SLACK_CLIENT_SECRET; whoever looks after Kith copies both anew from the app’s page (Basic Information) and starts Kith again',
  zh: 'Slack 不接受 SLACK_CLIENT_ID 与 SLACK_CLIENT_SECRET；请 Kith 的管理员从应用页面（Basic Information）重新复制并重启 Kith',
};
const UNREACHABLE: Text = {
  en: 'Kith could not reach Slack to finish, and nothing was stored; start again from the install page in a minute',
  zh: 'Kith 无法连接 Slack 完成安装，未保存任何内容；请稍后从安装页面重新开始',
};
const UNFINISHED: Text = {
  en: 'Kith could not finish, and nothing was stored; its log says why',
  zh: 'Kith 未能完成安装，未保存任何内容；日志中有原因',
};
const WHOLE_ORGANISATION: Text = {
  en: 'Kith serves one workspace, and was allowed for a whole organisation; nothing was stored: choose one workspace in Slack',
  zh: 'Kith 只服务于一个工作区，而此次是为整个组织授权的，未保存任何内容；请在 Slack 中选择一个工作区',
};
const NO_BOT: Text = {
  en: 'Slack gave no bot token, and nothing was stored; make the app from the manifest of this version (kith manifest)',
  zh: 'Slack 未提供机器人令牌，未保存任何内容；请用此版本的清单（kith manifest）创建应用',
};
const ROTATED: Text = {
  en: 'The app has token rotation switched on, which Kith does not use; nothing was stored: make the app from the manifest of this version (kith manifest)',
  zh: '应用启用了令牌轮换，而 Kith 不使用它，未保存任何内容；请用此版本的清单（kith manifest）创建应用',
};
