import { type ErrorCode, KithError, messageOf } from '../../lib/errors.ts';
import type { Text } from '../../lib/text.ts';
import type { Finding } from '../../ports/doctor.ts';

/** What to do about an error, where its own sentence is not in the reader's language. */
const IN_CHINESE: Partial<Readonly<Record<ErrorCode, string>>> = {
  'crm-auth': 'HubSpot 拒绝了访问令牌；请把有效的令牌填入 HUBSPOT_ACCESS_TOKEN',
  'crm-not-connected': '尚未连接 HubSpot，或安装已被撤销；请运行 kith connect hubspot',
  'crm-scope': 'HubSpot 不允许读取账户信息；请检查令牌的权限',
  'crm-limit': 'HubSpot 的调用次数已用完；请在账户时区的午夜之后重试',
  'crm-unreachable': '无法连接 HubSpot；请检查网络、代理以及 HUBSPOT_BASE_URL 中的地址',
  'crm-answer': 'HubSpot 的答复无法识别；请稍后重试，并检查中间是否有代理',
  'chat-auth': 'Slack 拒绝了令牌；请从应用页面重新复制 SLACK_BOT_TOKEN',
  'chat-not-connected': '尚未添加到 Slack，或已被移除；请打开安装页面或运行 kith connect slack',
  'chat-unreachable': '无法连接 Slack；请检查本机的网络和代理',
  'store-unwritable': '无法写入数据文件夹；请检查其所有者与磁盘空间，或用 KITH_DATA_DIR 另选文件夹',
  'store-locked': '数据文件夹正被另一个 Kith 使用；请稍后重试，或先停止它',
  'store-damaged': '数据库无法打开；请恢复备份，或用 KITH_DATA_DIR 另选文件夹',
  'state-damaged': 'state.json 有误；请按错误信息更正，或恢复 state.json.bak',
  'identity-key': '身份密钥无法使用；请检查 KITH_IDENTITY_KEYS 或 identity.key',
};

/** The finding, or a problem named `what` whose next step is the error's own sentence. */
export async function attempt(what: Text, look: () => Promise<Finding>): Promise<Finding> {
  const [finding] = await attemptAll(what, async () => [await look()]);
  return finding!;
}

export async function attemptAll(what: Text, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    const en = messageOf(error);
    const zh = (error instanceof KithError ? ownChinese(error) : undefined) ?? en;
    return [{ state: 'problem', what, next: { en, zh } }];
  }
}

/** The error's own sentence where it has one in Chinese. */
function ownChinese({ code, text }: KithError): string | undefined {
  return text.zh === text.en ? IN_CHINESE[code] : text.zh;
}
