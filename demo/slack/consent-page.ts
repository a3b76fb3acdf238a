import type { IncomingMessage, ServerResponse } from 'node:http';
import { escapeHtml } from '../../src/lib/escape-html.ts';
import type { InstallRequest, StandInSlackOAuth } from './oauth.ts';
import { readBody } from './request-body.ts';

export const AUTHORIZE_PATH = '/oauth/v2/authorize';

/** How Slack puts a scope to a person. */
const WORDS: Readonly<Record<string, string>> = {
  commands: 'Add shortcuts and slash commands that people can use',
  'chat:write': 'Send messages as @Kith',
  'files:write': 'Upload, edit, and delete files as Kith',
  'files:read': 'View files shared in channels and conversations that Kith was added to',
  'users:read': 'View people in the workspace',
  'users:read.email': 'View email addresses of people in the workspace',
  'app_mentions:read': 'View messages that directly mention @Kith in conversations that it is in',
  'im:history': 'View messages in direct messages that Kith was added to',
  'im:write': 'Start direct messages with people',
  'channels:read': 'View basic information about public channels in the workspace',
  'groups:read': 'View basic information about private channels that Kith was added to',
};

/** The page on which a person allows the app in a workspace or declines it; a click leads on to the app. */
export async function consentPage(
  oauth: StandInSlackOAuth | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const query = new URL(request.url ?? '/', 'http://stand-in').searchParams;
  const asked = oauth === null ? { error: 'invalid_client_id' } : oauth.requestIn(query);
  if (oauth === null || 'error' in asked)
    return show(
      response,
      400,
      `<h1>Something went wrong when authorizing this app.</h1><p>Contact the app developer to let them know. Error: <code>${'error' in asked ? asked.error : ''}</code></p>`,
      '',
    );
  if (request.method === 'GET')
    return show(response, 200, choice(oauth, asked, query), new URL(asked.redirectUri).origin);
  const form = new URLSearchParams((await readBody(request)).toString('utf8'));
  const outcome: Record<string, string> =
    form.get('decision') === 'allow'
      ? { code: oauth.allow(asked, { teamId: form.get('team') ?? '', scopes: form.getAll('optional') }) }
      : { error: 'access_denied' };
  const to = new URL(asked.redirectUri);
  for (const [name, value] of Object.entries({ ...outcome, state: asked.state })) to.searchParams.set(name, value);
  response.writeHead(302, { location: to.href, 'cache-control': 'no-store' }).end();
}

function choice({ app, teams }: StandInSlackOAuth, { scopes }: InstallRequest, query: URLSearchParams): string {
  const optional = app.optionalScopes ?? [];
  const words = (scope: string): string => `${escapeHtml(WORDS[scope] ?? scope)} <code>${escapeHtml(scope)}</code>`;
  const needed = scopes.filter((scope) => !optional.includes(scope));
  const free = scopes.filter((scope) => optional.includes(scope));
  const options = teams.map(({ id, name }) => `<option value="${escapeHtml(id)}">${escapeHtml(name)}</option>`);
  return `<form method="post" action="${AUTHORIZE_PATH}?${escapeHtml(query.toString())}">
<label class="team">Workspace <select name="team">${options.join('')}</select></label>
<h1><b>Kith</b> is requesting permission to access the <b>${escapeHtml(teams[0]?.name ?? '')}</b> Slack workspace</h1>
<h2>What will Kith be able to do?</h2><ul>${needed.map((scope) => `<li>${words(scope)}</li>`).join('')}</ul>
${free.length === 0 ? '' : `<h2>Optional</h2><ul>${free.map((scope) => `<li><label><input type="checkbox" name="optional" value="${escapeHtml(scope)}" checked> ${words(scope)}</label></li>`).join('')}</ul>`}
<p class="buttons"><button name="decision" value="cancel" class="plain">Cancel</button><button name="decision" value="allow">Allow</button></p></form>`;
}

const STYLE = `:root{color-scheme:light dark;--line:#ddd;--card:#fff;--ground:#f8f8f8;--go:#007a5a;--on:#fff;--soft:#616061}
@media(prefers-color-scheme:dark){:root{--line:#3a3d42;--card:#1f2226;--ground:#131517;--go:#2bac76;--on:#0c1713;--soft:#b5b5b8}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);font:1rem/1.5 Lato,system-ui,sans-serif}
main{max-width:36rem;margin:0 auto;padding:1.5rem 1rem 3rem}main>*{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem}
h1{font-size:1.4rem;font-weight:400;line-height:1.3;text-align:center}h2{font-size:1rem}ul{list-style:none;margin:0;padding:0}li{padding:.6rem 0;border-top:1px solid var(--line)}
code{font-size:.8rem;color:var(--soft);white-space:nowrap}.team{display:block;text-align:right;color:var(--soft)}select{font:inherit;padding:.35rem}
.buttons{display:flex;gap:.75rem;justify-content:flex-end;flex-wrap:wrap}button{font:inherit;font-weight:700;min-height:2.75rem;padding:.5rem 1.5rem;border-radius:.4rem;border:1px solid var(--go);background:var(--go);color:var(--on);cursor:pointer}.plain{background:none;color:inherit;border-color:var(--line)}`;

function show(response: ServerResponse, status: number, body: string, leadsTo: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'self' ${leadsTo}`.trim(),
      'cache-control': 'no-store',
    })
    .end(
      `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Kith | Slack stand-in</title><style>${STYLE}</style></head>
<body><main>${body.startsWith('<form') ? body : `<section>${body}</section>`}</main></body></html>
`,
    );
}
