import type { Language } from '../../lib/text.ts';
import type { CrmCheckup, Finding, ScopeUse } from '../../ports/doctor.ts';
import { formatCount, formatInstant, formatPercent } from '../../report/format.ts';

/** A webhook is refused at five minutes; a minute is what a kept clock never misses. */
const MOST_SKEW_MS = 60_000;
/** Of the day's calls, kept for what people ask. */
const LITTLE_LEFT = 0.1;

const USES: Readonly<Record<ScopeUse, { en: string; zh: string }>> = {
  sync: { en: 'needed to copy the records', zh: '复制记录所必需' },
  'write-back': { en: 'optional: only for writing tiers and risks back', zh: '可选：仅在回写等级和风险时需要' },
  engagements: { en: 'optional: only for KITH_ENGAGEMENTS=on', zh: '可选：仅在 KITH_ENGAGEMENTS=on 时需要' },
};

/** What HubSpot told, as findings. */
export function crmFindings(checkup: CrmCheckup): readonly Finding[] {
  return [
    accountFinding(checkup),
    tokenFinding(checkup),
    ...scopeFindings(checkup),
    ...pipelineFindings(checkup),
    ...clockFinding(checkup),
    ...budgetFinding(checkup),
    ...driftFindings(checkup),
  ];
}

function accountFinding({ account }: CrmCheckup): Finding {
  const { portalId, currency, timeZone } = account;
  return {
    state: 'ok',
    what: {
      en: `HubSpot: portal ${portalId}, currency ${currency}, time zone ${timeZone}`,
      zh: `HubSpot：账户 ${portalId}，货币 ${currency}，时区 ${timeZone}`,
    },
    next: null,
  };
}

function tokenFinding({ tokenKind, grant, account }: CrmCheckup): Finding {
  if (grant !== null) {
    const end = (language: Language): string => formatInstant(language, grant.expiresAt, account.timeZone);
    return {
      state: 'ok',
      what: {
        en: `HubSpot token: of an installation by OAuth; the present one ends ${end('en')} and is renewed before that`,
        zh: `HubSpot 令牌：来自 OAuth 安装；当前令牌将于 ${end('zh')} 失效，并会提前自动续期`,
      },
      next: null,
    };
  }
  switch (tokenKind) {
    case 'static':
      return {
        state: 'ok',
        what: {
          en: 'HubSpot token: a static one, of a service key or a private app',
          zh: 'HubSpot 令牌：静态令牌（服务密钥或私有应用）',
        },
        next: null,
      };
    case 'oauth':
      return {
        state: 'advice',
        what: {
          en: 'HubSpot token: an OAuth access token, which ends half an hour after it was made',
          zh: 'HubSpot 令牌：OAuth 访问令牌，生成半小时后失效',
        },
        next: {
          en: "Make a service key and put its token into HUBSPOT_ACCESS_TOKEN, or remove it and run 'kith connect hubspot', so that the token is renewed",
          zh: '请创建服务密钥并把令牌填入 HUBSPOT_ACCESS_TOKEN，或通过 OAuth 安装应用以自动续期',
        },
      };
    case 'unknown':
      return {
        state: 'ok',
        what: {
          en: 'HubSpot token: accepted, of a kind that its form does not tell (a service key’s begins with pat-)',
          zh: 'HubSpot 令牌：已被接受，但从形式上无法判断种类（服务密钥以 pat- 开头）',
        },
        next: null,
      };
  }
}

function scopeFindings({ missingScopes, grant, tried, untold }: CrmCheckup): readonly Finding[] {
  const missing = missingScopes.map(({ names, use }): Finding => {
    const [en, zh] = [names.join(' or '), names.join(' 或 ')];
    return {
      state: use === 'write-back' ? 'advice' : 'problem',
      what: { en: `HubSpot scope missing: ${en} (${USES[use].en})`, zh: `缺少 HubSpot 权限：${zh}（${USES[use].zh}）` },
      next:
        grant === null
          ? {
              en: `Add ${en} to the service key or app in HubSpot (Settings → Integrations), then ask the doctor again`,
              zh: `请在 HubSpot（设置 → 集成）中为服务密钥或应用添加 ${zh}，然后重新检查`,
            }
          : {
              en: `Add ${en} to the app in HubSpot, then run 'kith connect hubspot' again: an installation keeps the scopes that it was made with`,
              zh: `请在 HubSpot 中为应用添加 ${zh}，然后重新运行 kith connect hubspot：已有的安装只保留安装时的权限`,
            },
    };
  });
  const unclear = untold.map(
    ({ call, reason }): Finding => ({
      state: 'advice',
      what: { en: `HubSpot did not tell: ${call} (${reason})`, zh: `HubSpot 没有答复：${call}（${reason}）` },
      next: {
        en: 'Ask the doctor again in a minute; when it stays so, see status.hubspot.com',
        zh: '请一分钟后重新检查；若仍如此，请查看 status.hubspot.com',
      },
    }),
  );
  const all: Finding = {
    state: 'ok',
    what: { en: `HubSpot scopes: all ${tried} calls are allowed`, zh: `HubSpot 权限：${tried} 种调用全部允许` },
    next: null,
  };
  return missing.length + unclear.length === 0 ? [all] : [...missing, ...unclear];
}

function pipelineFindings({ pipelines }: CrmCheckup): readonly Finding[] {
  if (pipelines === null) return [];
  const won = pipelines.flatMap(({ label, wonStages }) => wonStages.map((stage) => `${label} › ${stage}`));
  if (won.length > 0) {
    const without = pipelines.filter(({ wonStages }) => wonStages.length === 0).map(({ label }) => label);
    return [
      {
        state: 'ok',
        what: {
          en: `Deal pipelines: ${pipelines.length}; won stages: ${won.join(', ')}${without.length === 0 ? '' : `; none in ${without.join(', ')}`}`,
          zh: `交易管道：${pipelines.length} 个；赢单阶段：${won.join('、')}${without.length === 0 ? '' : `；没有赢单阶段的管道：${without.join('、')}`}`,
        },
        next: null,
      },
    ];
  }
  return [
    {
      state: 'problem',
      what: {
        en: `Deal pipelines: ${pipelines.length}, and no stage of them counts as won, so there is no purchase to learn from`,
        zh: `交易管道：${pipelines.length} 个，但没有任何阶段算作赢单，因此没有可供分析的购买记录`,
      },
      next: {
        en: 'In HubSpot, Settings → Objects → Deals → Pipelines: set the probability of the stage in which a deal is won to “Won (100 %)”',
        zh: '请在 HubSpot 的“设置 → 对象 → 交易 → 管道”中，把赢单所在阶段的概率设为“赢单（100%）”',
      },
    },
  ];
}

function clockFinding({ clockAheadMs }: CrmCheckup): readonly Finding[] {
  if (clockAheadMs === null) return [];
  const seconds = Math.round(Math.abs(clockAheadMs) / 1000);
  if (Math.abs(clockAheadMs) <= MOST_SKEW_MS)
    return [
      {
        state: 'ok',
        what: {
          en: `Clock: within ${Math.max(1, seconds)} s of HubSpot's`,
          zh: `时钟：与 HubSpot 相差不超过 ${Math.max(1, seconds)} 秒`,
        },
        next: null,
      },
    ];
  const isBehind = clockAheadMs > 0;
  return [
    {
      state: 'problem',
      what: {
        en: `Clock: this machine is ${seconds} s ${isBehind ? 'behind' : 'ahead of'} HubSpot; webhooks are refused at 300 s, and changes are looked for at the wrong times`,
        zh: `时钟：本机比 HubSpot ${isBehind ? '慢' : '快'} ${seconds} 秒；相差 300 秒时 webhook 会被拒绝，增量同步的时间窗口也会出错`,
      },
      next: {
        en: 'Switch on time synchronisation (on Linux: sudo timedatectl set-ntp true)',
        zh: '请开启时间同步（Linux：sudo timedatectl set-ntp true）',
      },
    },
  ];
}

function budgetFinding({ daily }: CrmCheckup): readonly Finding[] {
  if (daily === null) return [];
  const left = Math.max(0, daily.limit - daily.used);
  const isLittle = left < daily.limit * LITTLE_LEFT;
  return [
    {
      state: isLittle ? 'advice' : 'ok',
      what: {
        en: `HubSpot calls today: ${formatCount('en', left)} of ${formatCount('en', daily.limit)} left (${formatPercent('en', left / daily.limit)})`,
        zh: `今日 HubSpot 调用次数：剩余 ${formatCount('zh', left)} / ${formatCount('zh', daily.limit)}（${formatPercent('zh', left / daily.limit)}）`,
      },
      next: isLittle
        ? {
            en: 'See in HubSpot (Development → Monitoring → API usage) which app uses them up; they are counted anew at midnight in the account’s time zone',
            zh: '请在 HubSpot（开发 → 监控 → API 使用情况）查看是哪个应用用完的；每天在账户时区的午夜重新计数',
          }
        : null,
    },
  ];
}

function driftFindings({ drift }: CrmCheckup): readonly Finding[] {
  return drift.map(({ type, property, kind, found }) =>
    kind === 'type'
      ? {
          state: 'problem',
          what: {
            en: `HubSpot property ${property} of ${type} was made ${found}: a write-back would be refused`,
            zh: `HubSpot 的 ${type} 属性 ${property} 类型已变为 ${found}：回写会被拒绝`,
          },
          next: {
            en: `Rename or delete ${property} in HubSpot (Settings → Properties): Kith makes its own again`,
            zh: `请在 HubSpot（设置 → 属性）中重命名或删除 ${property}，Kith 会重新创建`,
          },
        }
      : {
          state: 'advice',
          what: {
            en: `HubSpot property ${property} of ${type} lacks options of Kith's: ${found}`,
            zh: `HubSpot 的 ${type} 属性 ${property} 缺少 Kith 的选项：${found}`,
          },
          next: {
            en: 'The next write-back puts them back; whoever took them out should know',
            zh: '下次回写会补上这些选项；请告知移除它们的人',
          },
        },
  );
}
