import { escapeHtml } from '../../../src/lib/escape-html.ts';
import type { InstallRequest, StandInOAuth } from '../oauth.ts';
import type { Answer } from '../problems.ts';
import { htmlPage } from './html.ts';

export const INSTALL_PATH = '/oauth/authorize';

/**
 * The page on which a person allows an app in the account or declines it. A click comes back to the same address with
 * `decision` and leads on to the app.
 */
export function installPage(oauth: StandInOAuth | null, method: string, address: string, account: string): Answer {
  const query = new URL(address, 'http://stand-in').searchParams;
  if (method !== 'GET' && method !== 'HEAD') return problemPage(account, 'Only reading is possible here.');
  if (oauth === null) return problemPage(account, 'No app can be installed in this account.');
  const request = oauth.requestIn(query);
  if ('problem' in request) return problemPage(account, request.problem);
  switch (query.get('decision')) {
    case 'allow':
      return back(request, { code: oauth.allow(request) });
    case 'deny':
      return back(request, {
        error: 'access_denied',
        error_description: 'The user has denied access to the app.',
      });
    default:
      return page(200, 'Install an app', account, choice(query, request), new URL(request.redirectUri).origin);
  }
}

function choice(query: URLSearchParams, { scopes }: InstallRequest): string {
  const hidden = [...query]
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('');
  const items = scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('');
  return `<section><h1>An app asks for access to this account</h1><p>It may then do this:</p><ul>${items}</ul>
<form action="${INSTALL_PATH}" method="get">${hidden}<button name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button></form></section>`;
}

function back({ redirectUri, state }: InstallRequest, outcome: Record<string, string>): Answer {
  const to = new URL(redirectUri);
  for (const [name, value] of Object.entries({ ...outcome, state })) to.searchParams.set(name, value);
  return { status: 302, body: '', headers: { location: to.href } };
}

function problemPage(account: string, problem: string): Answer {
  return page(
    400,
    'Install an app',
    account,
    `<section><h1>This link does not work</h1><p>${problem}</p></section>`,
    '',
  );
}

function page(status: number, title: string, account: string, body: string, leadsTo: string): Answer {
  return {
    status,
    body: htmlPage(title, account, body),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${leadsTo}`.trim(),
    },
  };
}
