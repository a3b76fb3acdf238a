import type { Text } from '../../lib/text.ts';
import type { ChannelCheckup, ChatCheckup, Finding } from '../../ports/doctor.ts';
import { DEPARTMENT_NAMES } from '../../state/department-names.ts';
import type { PortalState } from '../../state/portal-state.ts';

const NAMES: Readonly<Record<string, Text>> = DEPARTMENT_NAMES;

/** What Slack told, as findings. */
export function chatFindings(checkup: ChatCheckup): readonly Finding[] {
  return [
    { state: 'ok', what: { en: `Slack: ${checkup.name}`, zh: `Slack：${checkup.name}` }, next: null },
    ...installationFinding(checkup),
    ...scopeFindings(checkup),
    ...appTokenFinding(checkup),
    ...channelFindings(checkup),
  ];
}

function installationFinding({ installUrl }: ChatCheckup): readonly Finding[] {
  if (installUrl === null) return [];
  const what = {
    en: `Slack installation: by OAuth, added again at ${installUrl}`,
    zh: `Slack 安装方式：OAuth，可在 ${installUrl} 重新添加`,
  };
  return [{ state: 'ok', what, next: null }];
}

function scopeFindings({ missingScopes, installUrl }: ChatCheckup): readonly Finding[] {
  if (missingScopes.length === 0)
    return [{ state: 'ok', what: { en: 'Slack scopes: all granted', zh: 'Slack 权限：全部已授予' }, next: null }];
  return missingScopes.map(({ name, isNeeded }) => ({
    state: isNeeded ? 'problem' : 'advice',
    what: {
      en: `Slack scope missing: ${name}${isNeeded ? '' : ' (optional)'}`,
      zh: `缺少 Slack 权限：${name}${isNeeded ? '' : '（可选）'}`,
    },
    next:
      installUrl === null
        ? {
            en: `Add ${name} at api.slack.com/apps (OAuth & Permissions → Bot Token Scopes), then reinstall the app`,
            zh: `请在 api.slack.com/apps（OAuth & Permissions → Bot Token Scopes）添加 ${name}，然后重新安装应用`,
          }
        : {
            en: `Open ${installUrl} and add Kith again with ${name}`,
            zh: `请打开 ${installUrl}，重新添加 Kith 并授予 ${name}`,
          },
  }));
}

function appTokenFinding({ appToken }: ChatCheckup): readonly Finding[] {
  if (appToken === null) return [];
  if (appToken === 'works')
    return [{ state: 'ok', what: { en: 'Slack app token: works', zh: 'Slack 应用令牌：有效' }, next: null }];
  return [
    {
      state: 'problem',
      what: { en: 'Slack app token', zh: 'Slack 应用令牌' },
      next: {
        en: appToken.problem,
        zh: '请从应用页面（Basic Information → App-Level Tokens，权限 connections:write）重新复制 SLACK_APP_TOKEN',
      },
    },
  ];
}

/** Channels that are no department's, by the names under which they are asked about. */
const OTHERS = {
  admin: {
    setting: 'adminChannel',
    what: { en: "Slack channel for Kith's own troubles", zh: 'Kith 自身问题的 Slack 频道' },
  },
  management: {
    setting: 'managementChannel',
    what: { en: 'Slack channel of the monthly report', zh: '月度报告的 Slack 频道' },
  },
} as const satisfies Record<string, { readonly setting: keyof PortalState; readonly what: Text }>;

/** Every channel that Kith posts in by itself, by its department or its other name. */
export function channelsToAskAbout(state: PortalState): Readonly<Record<string, string>> {
  const others = Object.entries(OTHERS).flatMap(([name, { setting }]) => {
    const id = state[setting];
    return id === null ? [] : [[name, id] as const];
  });
  return { ...state.channels, ...Object.fromEntries(others) };
}

function otherOf(name: string): (typeof OTHERS)[keyof typeof OTHERS] | undefined {
  return new Map(Object.entries(OTHERS)).get(name);
}

function channelFindings({ channels }: ChatCheckup): readonly Finding[] {
  const found = channels.map(channelFinding);
  if (channels.some(({ department }) => otherOf(department) === undefined)) return found;
  return [
    ...found,
    {
      state: 'advice',
      what: {
        en: 'Slack channels: none is named, so no digest is posted',
        zh: 'Slack 频道：尚未指定，因此不会发布简报',
      },
      next: {
        en: "Invite @Kith to the departments' channels and name their ids under channels in state.json (README, step 4)",
        zh: '请邀请 @Kith 加入各部门频道，并在 state.json 的 channels 中填写频道 ID（见 README 第 4 步）',
      },
    },
  ];
}

function channelFinding(channel: ChannelCheckup): Finding {
  const { department, id, name, state } = channel;
  const called = name === '' ? id : `#${name}`;
  const { setting, what } = otherOf(department) ?? {
    setting: `channels.${department}`,
    what: { en: `Slack channel of ${department}`, zh: `${NAMES[department]?.zh ?? department}的 Slack 频道` },
  };
  const [en, zh] = [`${what.en}: ${called}`, `${what.zh}：${called}`];
  const found = (level: Finding['state'], more: readonly [string, string], next: Finding['next']): Finding => ({
    state: level,
    what: { en: `${en}${more[0]}`, zh: `${zh}${more[1]}` },
    next,
  });
  switch (state) {
    case 'member':
      return found('ok', ['', ''], null);
    case 'not-member':
      return found('problem', [', and Kith is not in it', '，但 Kith 不在其中'], {
        en: `Type /invite @Kith in ${called}`,
        zh: `请在 ${called} 中输入 /invite @Kith`,
      });
    case 'archived':
      return found('problem', [' is archived', ' 已归档'], {
        en: `Name another channel under ${setting} in state.json`,
        zh: `请在 state.json 的 ${setting} 中换一个频道`,
      });
    case 'unknown-channel':
      return found(
        'problem',
        [', which Slack does not know or does not show to Kith', '，Slack 不认识它或不向 Kith 显示'],
        {
          en: `Correct ${setting} in state.json (a channel's id begins with C; see its details), or type /invite @Kith there when it is private`,
          zh: `请更正 state.json 中的 ${setting}（频道 ID 以 C 开头，见频道详情）；若是私有频道，请在其中输入 /invite @Kith`,
        },
      );
    case 'shared-externally':
      return found('problem', [' is shared with another company', ' 与其他公司共享'], {
        en: `Name a channel of your own under ${setting} in state.json: Kith posts no customers where others read`,
        zh: `请在 state.json 的 ${setting} 中改用内部频道：Kith 不会在外部人员可见之处发布客户信息`,
      });
    case 'untold':
      return found('advice', [': Slack does not tell whether Kith is in it', '：Slack 未告知 Kith 是否在其中'], {
        en: 'Grant the optional scopes channels:read and groups:read, or make sure of it by /invite @Kith',
        zh: '请授予可选权限 channels:read 和 groups:read，或输入 /invite @Kith 以确认',
      });
  }
}
