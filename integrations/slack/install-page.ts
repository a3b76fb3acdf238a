import { escapeHtml } from '../../src/lib/escape-html.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';
import { page } from '../http/page.ts';
import { SCOPES, type SlackScope } from './scopes.ts';

/** What Kith will see and do in a workspace, why it asks for each scope, and the button. */
export function installPage(
  language: Language,
  { isBound, isSignUp }: { isBound: boolean; isSignUp: boolean },
): string {
  const words = (text: Text): string => escapeHtml(say(language, text));
  const list = (scopes: readonly SlackScope[]): string =>
    `<ul>${scopes.map(({ name, use }) => `<li>${words(use)} <code>${escapeHtml(name)}</code></li>`).join('')}</ul>`;
  const intro = isSignUp ? [ANSWERS, HOSTED, STEPS] : [ANSWERS, OWN, ...(isBound ? [BOUND] : [])];
  const other: Language = language === 'en' ? 'zh' : 'en';
  return page(
    language,
    words(TITLE),
    `<header><b>Kith</b><a href="?lang=${other}" hreflang="${other}">${words(OTHER_LANGUAGE)}</a></header>
<h1>${words(TITLE)}</h1>${intro.map((one) => `<p>${words(one)}</p>`).join('')}
<a class="go" href="?start=1&amp;lang=${language}">${words(ADD)}</a>
<section><h2>${words(NEEDED)}</h2>${list(SCOPES.filter(({ isOptional }) => isOptional !== true))}</section>
<section><h2>${words(OPTIONAL)}</h2>${list(SCOPES.filter(({ isOptional }) => isOptional === true))}</section>
<section><h2>${words(NEVER)}</h2><ul>${NOT_DONE.map((one) => `<li>${words(one)}</li>`).join('')}</ul></section>`,
  );
}

const TITLE: Text = { en: 'Add Kith to your Slack workspace', zh: '将 Kith 添加到您的 Slack 工作区' };
const OTHER_LANGUAGE: Text = { en: '中文', zh: 'English' };
const ANSWERS: Text = {
  en: 'Kith answers questions about your customers from a copy of your HubSpot account, and posts digests to the channels that you choose.',
  zh: 'Kith 根据 HubSpot 账户的副本回答有关客户的问题，并在您选择的频道发布简报。',
};
const OWN: Text = {
  en: 'It runs on a machine of your own company, and the copy stays there.',
  zh: '它运行在贵公司自己的机器上，副本也保存在那里。',
};
const HOSTED: Text = {
  en: 'It runs with whoever gave you this address; your copy stays there, apart from that of every other company.',
  zh: '它由向您提供此地址的一方运行；您的副本保存在那里，与其他公司的数据相互隔离。',
};
const STEPS: Text = {
  en: 'Two steps: add Kith to Slack, then connect HubSpot. You need to be allowed to add apps to both.',
  zh: '共两步：先将 Kith 添加到 Slack，再连接 HubSpot。您需要在两处都有添加应用的权限。',
};
const BOUND: Text = {
  en: 'This Kith serves a workspace already: adding it there again renews the connection, any other workspace is refused.',
  zh: '此 Kith 已服务于一个工作区：在该工作区再次添加会更新连接，其他工作区会被拒绝。',
};
const ADD: Text = { en: 'Add to Slack', zh: '添加到 Slack' };
const NEEDED: Text = { en: 'What it needs, and what for', zh: '必需的权限及用途' };
const OPTIONAL: Text = { en: 'What you may leave out in Slack', zh: '在 Slack 中可以不授予的权限' };
const NEVER: Text = { en: 'What it does not do', zh: 'Kith 不会做的事' };
const NOT_DONE: readonly Text[] = [
  {
    en: 'It does not read your channels: it gets what is written to it, and messages on which somebody chooses “Ask Kith about this”.',
    zh: '不会阅读您的频道：只会收到写给它的内容，以及有人选择“Ask Kith about this”的消息。',
  },
  {
    en: 'It does not write in a channel that it was not invited to.',
    zh: '不会在未邀请它的频道中发言。',
  },
  {
    en: 'It shows no customers in channels that it sees are shared with other companies.',
    zh: '看到频道与其他公司共享时，不会在其中显示客户。',
  },
];
