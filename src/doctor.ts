import type { Config } from './config.ts';
import { addressFinding } from './jobs/doctor/address-finding.ts';
import { attemptAll } from './jobs/doctor/attempt.ts';
import { channelsToAskAbout, chatFindings } from './jobs/doctor/chat-findings.ts';
import { crmFindings } from './jobs/doctor/crm-findings.ts';
import { folderFindings } from './jobs/doctor/folder-findings.ts';
import { scheduleFindings } from './jobs/doctor/schedule-findings.ts';
import { instanceId } from './lib/instance-id.ts';
import type { CrmCheckup, DoctorProbes, Finding } from './ports/doctor.ts';
import { type PortalState, portalStateSchema } from './state/portal-state.ts';
import { openState } from './state/state-store.ts';

/** What the store has to say, by whoever has it open. */
export interface StoreExamination {
  /** Null while there is no data. */
  readonly portalId: string | null;
  readonly findings: readonly Finding[];
  /** Whether a Kith serves the data folder now. */
  readonly isRunning: boolean;
}

/**
 * Looks at every setting and connection, and says what to do about each that is missing, wrong or unreachable. Nothing that it
 * does changes anything, neither here nor at HubSpot or Slack.
 */
export async function examine(
  config: Config,
  probes: DoctorProbes,
  askStore: () => Promise<StoreExamination>,
): Promise<readonly Finding[]> {
  const { dataDir, identityKeys, publicUrl, hubspot } = config;
  const folder = await folderFindings(dataDir, identityKeys);
  const stored: StoreExamination[] = [];
  const store = await attemptAll({ en: 'Data', zh: '数据' }, async () => {
    const answer = await askStore();
    stored.push(answer);
    return answer.findings;
  });
  const checkups: CrmCheckup[] = [];
  const crm = await attemptAll({ en: 'HubSpot', zh: 'HubSpot' }, async () => {
    if (probes.crm === null) return [NO_HUBSPOT_TOKEN];
    const checkup = await probes.crm();
    checkups.push(checkup);
    return crmFindings(checkup);
  });
  const portalId = config.portalId ?? stored[0]?.portalId ?? checkups[0]?.account.portalId ?? null;
  const settings = await settingsOf(dataDir, portalId);
  const isRunning = stored[0]?.isRunning ?? false;
  return [
    ...folder,
    ...store,
    ...crm,
    await addressFinding({
      publicUrl,
      hasSecret: hubspot.clientSecret !== null,
      instance: instanceId(dataDir),
      isRunning,
      health: probes.health,
    }),
    ...(await slackFindings(config, probes, channelsToAskAbout(settings))),
    ...scheduleFindings(settings.schedules),
  ];
}

async function slackFindings(
  { slack }: Config,
  { chat }: DoctorProbes,
  channels: Readonly<Record<string, string>>,
): Promise<readonly Finding[]> {
  const missing: Finding[] = [];
  if (slack.mode === 'socket' && slack.appToken === null) missing.push(NO_APP_TOKEN);
  if (slack.mode === 'http' && slack.signingSecret === null) missing.push(NO_SIGNING_SECRET);
  if (chat === null) return [NO_BOT_TOKEN, ...missing];
  const found = await attemptAll({ en: 'Slack', zh: 'Slack' }, async () => chatFindings(await chat(channels)));
  return [...found, ...missing];
}

/** The portal's settings; the standard ones where none can be read, which the data folder's own finding tells. */
async function settingsOf(dataDir: string, portalId: string | null): Promise<PortalState> {
  const standard = portalStateSchema.parse({});
  if (portalId === null) return standard;
  return openState(dataDir).then(
    (state) => state.portal(portalId),
    () => standard,
  );
}

const NO_HUBSPOT_TOKEN: Finding = {
  state: 'problem',
  what: { en: 'HubSpot token', zh: 'HubSpot 令牌' },
  next: {
    en: "Set HUBSPOT_ACCESS_TOKEN in .env (HubSpot: Settings → Integrations → Service keys), or HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET of an app and run 'kith connect hubspot'",
    zh: '请在 .env 中设置 HUBSPOT_ACCESS_TOKEN（HubSpot：设置 → 集成 → 服务密钥），或设置应用的 HUBSPOT_CLIENT_ID 和 HUBSPOT_CLIENT_SECRET 并运行 kith connect hubspot',
  },
};
const NO_BOT_TOKEN: Finding = {
  state: 'problem',
  what: { en: 'Slack bot token', zh: 'Slack 机器人令牌' },
  next: {
    en: "Set SLACK_BOT_TOKEN in .env (make the app with 'kith manifest', install it, copy the bot token), or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET and run 'kith connect slack'",
    zh: '请在 .env 中设置 SLACK_BOT_TOKEN（用 kith manifest 创建应用，安装后复制机器人令牌），或设置 SLACK_CLIENT_ID 和 SLACK_CLIENT_SECRET 并运行 kith connect slack',
  },
};
const NO_APP_TOKEN: Finding = {
  state: 'problem',
  what: { en: 'Slack app token', zh: 'Slack 应用令牌' },
  next: {
    en: 'Set SLACK_APP_TOKEN in .env (Basic Information → App-Level Tokens, scope connections:write)',
    zh: '请在 .env 中设置 SLACK_APP_TOKEN（Basic Information → App-Level Tokens，权限 connections:write）',
  },
};
const NO_SIGNING_SECRET: Finding = {
  state: 'problem',
  what: { en: 'Slack signing secret', zh: 'Slack 签名密钥' },
  next: {
    en: 'Set SLACK_SIGNING_SECRET in .env (Basic Information → Signing Secret)',
    zh: '请在 .env 中设置 SLACK_SIGNING_SECRET（Basic Information → Signing Secret）',
  },
};
