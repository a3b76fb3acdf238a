import { type Language, say, type Text } from '../../src/lib/text.ts';
import { INSTALL_PATH } from './install-paths.ts';
import { SCOPES, type SlackScope } from './scopes.ts';

const STYLE = `:root{color-scheme:light dark;--ink:#1d1c1d;--soft:#5b5b5f;--line:#dcdce0;--card:#fff;--ground:#f5f6f8;--go:#4a154b;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#f0f0f2;--soft:#b3b3ba;--line:#3a3d44;--card:#1d2026;--ground:#121418;--go:#ecb8ed;--on:#1d1c1d}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:1.0625rem/1.55 system-ui,-apple-system,"PingFang SC","Noto Sans SC","Microsoft YaHei",sans-serif}
main{max-width:40rem;margin:0 auto;padding:1.25rem 1rem 3rem}
header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem}header b{font-size:1.25rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem 1.125rem;margin:1rem 0}
h1{font-size:1.6rem;line-height:1.25;margin:.75rem 0 .5rem}h2{font-size:1.0625rem;margin:0 0 .5rem}p{margin:.5rem 0}
ul{margin:0;padding:0;list-style:none}li{padding:.55rem 0;border-top:1px solid var(--line)}li:first-child{border-top:0}
code{font:.875rem ui-monospace,monospace;color:var(--soft);overflow-wrap:anywhere}li code{display:block}
a{color:inherit}.go{display:block;text-align:center;text-decoration:none;font-weight:650;background:var(--go);color:var(--on);padding:.85rem 1.25rem;border-radius:.6rem;margin:1.25rem 0}
.go:focus-visible{outline:3px solid var(--soft);outline-offset:2px}.soft{color:var(--soft)}`;

/** What Kith will see and do in a workspace, why it asks for each scope, and the button. */
export function installPage(language: Language, isBound: boolean): string {
  const words = (text: Text): string => escapeHtml(say(language, text));
  const list = (scopes: readonly SlackScope[]): string =>
    `<ul>${scopes.map(({ name, use }) => `<li>${words(use)} <code>${escapeHtml(name)}</code></li>`).join('')}</ul>`;
  const other: Language = language === 'en' ? 'zh' : 'en';
  return page(
    language,
    words(TITLE),
    `<header><b>Kith</b><a href="${INSTALL_PATH}?lang=${other}" hreflang="${other}">${words(OTHER_LANGUAGE)}</a></header>
<h1>${words(TITLE)}</h1><p>${words(INTRO)}</p>${isBound ? `<p>${words(BOUND)}</p>` : ''}
<a class="go" href="${INSTALL_PATH}?start=1&amp;lang=${language}">${words(ADD)}</a>
<section><h2>${words(NEEDED)}</h2>${list(SCOPES.filter(({ isOptional }) => isOptional !== true))}</section>
<section><h2>${words(OPTIONAL)}</h2>${list(SCOPES.filter(({ isOptional }) => isOptional === true))}</section>
<section><h2>${words(NEVER)}</h2><ul>${NOT_DONE.map((one) => `<li>${words(one)}</li>`).join('')}</ul></section>`,
  );
}

/** What came of it, in sentences; nothing of the address is repeated. */
export function outcomePage(
  language: Language,
  outcome: { readonly isDone: boolean; readonly text: Text; readonly more?: readonly Text[]; readonly link?: string },
): string {
  const { isDone, text, more = [], link } = outcome;
  const title = escapeHtml(say(language, isDone ? DONE : NOT_DONE_TITLE));
  const button =
    link === undefined
      ? `<a class="go" href="${INSTALL_PATH}?lang=${language}">${escapeHtml(say(language, BACK))}</a>`
      : `<a class="go" href="${escapeHtml(link)}">${escapeHtml(say(language, OPEN_SLACK))}</a>`;
  const rest = more.map((one) => `<p>${escapeHtml(say(language, one))}</p>`).join('');
  return page(
    language,
    title,
    `<header><b>Kith</b></header><h1>${isDone ? '✓' : '✗'} ${title}</h1><p>${escapeHtml(say(language, text))}</p>${rest}${button}`,
  );
}

function page(language: Language, title: string, body: string): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>${STYLE}</style></head>
<body><main>${body}</main></body></html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const TITLE: Text = { en: 'Add Kith to your Slack workspace', zh: '将 Kith 添加到您的 Slack 工作区' };
const OTHER_LANGUAGE: Text = { en: '中文', zh: 'English' };
const INTRO: Text = {
  en: 'Kith answers questions about your customers from a copy of your HubSpot account, and posts digests to the channels that you choose. It runs on a machine of your own company, and the copy stays there.',
  zh: 'Kith 根据 HubSpot 账户的副本回答有关客户的问题，并在您选择的频道发布简报。它运行在贵公司自己的机器上，副本也保存在那里。',
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
const DONE: Text = { en: 'Kith is in Slack', zh: 'Kith 已添加到 Slack' };
const NOT_DONE_TITLE: Text = { en: 'Kith was not added', zh: '未能添加 Kith' };
const BACK: Text = { en: 'To the install page', zh: '返回安装页面' };
const OPEN_SLACK: Text = { en: 'Open Slack', zh: '打开 Slack' };
