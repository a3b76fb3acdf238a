import type { ServerResponse } from 'node:http';
import { escapeHtml } from '../../src/lib/escape-html.ts';
import type { Text } from '../../src/lib/text.ts';
import type { CallbackAnswer, OAuthCallback } from '../../src/ports/oauth.ts';

const NOT_GET: Text = {
  en: 'This address only takes people back from HubSpot.',
  zh: '此地址仅用于从 HubSpot 返回。',
};
const TROUBLE: Text = {
  en: 'Kith could not finish; run kith connect hubspot again.',
  zh: 'Kith 未能完成连接；请重新运行 kith connect hubspot。',
};

/** Takes a person back from HubSpot's page and says in a sentence what came of it; nothing of the address is repeated. */
export const hubspotCallback: OAuthCallback = {
  path: '/hubspot/oauth/callback',
  handler: (take) => (request, response) => {
    request.resume();
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET');
      return show(response, 405, { isDone: false, text: NOT_GET });
    }
    const { searchParams: query } = new URL(request.url ?? '/', 'http://kith');
    const one = (name: string): string => query.get(name) ?? '';
    take({ state: one('state'), code: one('code'), error: one('error') }).then(
      (answer) => show(response, answer.isDone ? 200 : 400, answer),
      () => show(response, 500, { isDone: false, text: TROUBLE }),
    );
  },
};

function show(response: ServerResponse, status: number, { isDone, text }: CallbackAnswer): void {
  const mark = isDone ? '✓' : '✗';
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      // The address holds the code and the state: it goes no further.
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    })
    .end(
      `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Kith</title>
<style>:root{color-scheme:light dark}body{font:1.125rem/1.6 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}</style></head>
<body><main><p>${mark} ${escapeHtml(text.en)}</p><p lang="zh">${escapeHtml(text.zh)}</p></main></body></html>
`,
    );
}
