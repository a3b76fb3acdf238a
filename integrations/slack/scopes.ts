import type { Text } from '../../src/lib/text.ts';

export interface SlackScope {
  readonly name: string;
  /** What it is for. */
  readonly use: Text;
  readonly isOptional?: true;
}

/** Each scope with what it is for. Without an optional one, Kith does the rest and says what is missing. */
export const SCOPES: readonly SlackScope[] = [
  {
    name: 'commands',
    use: { en: 'the slash commands, and "Ask Kith" on messages', zh: '斜杠命令，以及消息上的“Ask Kith”' },
  },
  { name: 'chat:write', use: { en: 'answers and digests', zh: '回答与简报' } },
  { name: 'files:write', use: { en: 'charts as pictures; CSV and PDF files', zh: '图表图片；CSV 和 PDF 文件' } },
  {
    name: 'files:read',
    use: { en: 'whether Slack has finished looking at a picture', zh: '确认 Slack 是否已处理完图片' },
  },
  { name: 'users:read', use: { en: "people's language and time zone", zh: '用户的语言和时区' } },
  {
    name: 'users:read.email',
    use: { en: 'who owns which customers, and mentions of owners', zh: '谁负责哪些客户，以及提及负责人' },
    isOptional: true,
  },
  {
    name: 'app_mentions:read',
    use: { en: 'questions with @Kith in a channel or a thread', zh: '在频道或消息列中用 @Kith 提问' },
    isOptional: true,
  },
  { name: 'im:history', use: { en: 'questions as direct messages', zh: '以私信提问' }, isOptional: true },
  {
    name: 'im:write',
    use: { en: 'changing what was said in a direct message', zh: '更改私信中已发的内容' },
    isOptional: true,
  },
  {
    name: 'channels:read',
    use: { en: 'which public channels are shared with other companies', zh: '哪些公开频道与其他公司共享' },
    isOptional: true,
  },
  {
    name: 'groups:read',
    use: { en: 'the same of private channels', zh: '哪些私有频道与其他公司共享' },
    isOptional: true,
  },
];

export const REQUIRED_SCOPES = SCOPES.filter(({ isOptional }) => isOptional !== true).map(({ name }) => name);
export const OPTIONAL_SCOPES = SCOPES.filter(({ isOptional }) => isOptional === true).map(({ name }) => name);

/** Scopes that were not granted, each with what does not work without it. */
export function missingScopes(granted: readonly string[], of: readonly string[]): readonly SlackScope[] {
  return SCOPES.filter(({ name }) => of.includes(name) && !granted.includes(name));
}
