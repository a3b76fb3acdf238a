import type { IncomingMessage, ServerResponse } from 'node:http';
import { escapeHtml } from '../../src/lib/escape-html.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';

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
const SECURITY = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  // An address that people are sent back to holds the code and the state: it goes no further.
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** What came of something, in sentences, and where to go from there; nothing of the address is repeated. */
export interface Outcome {
  readonly isDone: boolean;
  readonly title: Text;
  readonly texts: readonly Text[];
  readonly link: { readonly href: string; readonly label: Text } | null;
}

export function outcomePage(language: Language, { isDone, title, texts, link }: Outcome): string {
  const words = (text: Text): string => escapeHtml(say(language, text));
  const paragraphs = texts.map((text) => `<p>${words(text)}</p>`).join('');
  const button = link === null ? '' : `<a class="go" href="${escapeHtml(link.href)}">${words(link.label)}</a>`;
  return page(
    language,
    words(title),
    `<header><b>Kith</b></header><h1>${isDone ? '✓' : '✗'} ${words(title)}</h1>${paragraphs}${button}`,
  );
}

/** A page of Kith's; `title` and `body` are HTML. */
export function page(language: Language, title: string, body: string): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>${STYLE}</style></head>
<body><main>${body}</main></body></html>
`;
}

export function show(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, SECURITY).end(html);
}

/** What was chosen on a page before, else what the browser asks for. */
export function languageOf(request: IncomingMessage, chosen: string): Language {
  if (chosen === 'en' || chosen === 'zh') return chosen;
  return /^\s*zh\b/i.test(request.headers['accept-language'] ?? '') ? 'zh' : 'en';
}
