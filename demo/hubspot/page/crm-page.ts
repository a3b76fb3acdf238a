import { escapeHtml } from '../../../src/lib/escape-html.ts';
import { CRM_OBJECT_TYPES, type CrmObjectType, isCrmObjectType } from '../../portal/portal-data.ts';
import { objectTypeNamed } from '../association-kinds.ts';
import type { LiveCrm } from '../live-crm.ts';
import type { Answer } from '../problems.ts';
import { htmlPage } from './html.ts';
import { recordPage } from './record-page.ts';
import { instantText, typeLabel, valueText } from './texts.ts';

/** What a record is called, by the properties of its kind that name it. */
const NAMING: Readonly<Record<CrmObjectType, readonly string[]>> = {
  companies: ['name', 'domain'],
  contacts: ['firstname', 'lastname', 'email'],
  products: ['name', 'hs_sku'],
  deals: ['dealname'],
  line_items: ['name'],
  tickets: ['subject'],
  calls: ['hs_timestamp'],
  meetings: ['hs_timestamp'],
  emails: ['hs_timestamp'],
  tasks: ['hs_task_subject'],
  feedback_submissions: ['hs_submission_timestamp'],
};

const MOST_FOUND = 50;
const MOST_WRITTEN = 12;

/**
 * The pages on which a person looks into the stand-in CRM: what it holds, a search by name or id, and a record with what
 * Kith wrote on it. Reading only.
 */
export function crmPage(crm: LiveCrm, method: string, path: string): Answer {
  const account = `${crm.portal.account.name} · portal ${crm.portal.account.portalId}`;
  const show = (status: number, title: string, body: string): Answer => ({
    status,
    body: method === 'HEAD' ? '' : htmlPage(title, account, body),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    },
  });
  if (method !== 'GET' && method !== 'HEAD')
    return show(405, 'Not allowed', '<section><h1>Only reading is possible here</h1></section>');
  const url = new URL(path, 'http://stand-in');
  if (url.pathname === '/') return show(200, 'Stand-in CRM', startBody(crm, url.searchParams));
  // `/records/companies/7`, and where HubSpot has a record's page: `/contacts/<portal>/company/7`.
  const [, typeName = '', id] = /^\/(?:records|contacts\/\d+)\/([^/]+)\/(\d+)$/.exec(url.pathname) ?? [];
  const type = objectTypeNamed(typeName);
  if (type !== null && id !== undefined) {
    const body = recordPage(crm, type, id, (linkedType, row) => recordName(crm, linkedType, row));
    if (body !== null) return show(200, `${typeLabel(type)} ${id}`, body);
  }
  return show(
    404,
    'Not found',
    '<section><h1>There is nothing here</h1><p><a href="/">Back to the start</a></p></section>',
  );
}

function recordName(crm: LiveCrm, type: CrmObjectType, row: number): string {
  const object = crm.object(type);
  const [first, ...rest] = NAMING[type].map((name) => object.value(row, name)).filter((value) => value !== null);
  const name = type === 'contacts' ? [first, ...rest].slice(0, 2).join(' ') : (first ?? '');
  if (name === '') return `${typeLabel(type)} ${object.idAt(row)}`;
  // Activities have no name but their instant.
  return NAMING[type][0]!.endsWith('timestamp') && !Number.isNaN(Date.parse(name))
    ? instantText(Date.parse(name), 'minute')
    : name;
}

function startBody(crm: LiveCrm, query: URLSearchParams): string {
  const words = (query.get('q') ?? '').trim();
  const asked = query.get('type') ?? 'companies';
  const type = isCrmObjectType(asked) ? asked : 'companies';
  const options = CRM_OBJECT_TYPES.map(
    (one) => `<option value="${one}"${one === type ? ' selected' : ''}>${typeLabel(one)}</option>`,
  ).join('');
  const form = `<section><form action="/" method="get" role="search">
<select name="type" aria-label="Kind of record">${options}</select>
<input type="search" name="q" value="${escapeHtml(words)}" placeholder="Name, e-mail, domain or id" aria-label="Search">
<button>Search</button></form></section>`;
  const isListing = words !== '' || query.has('type');
  return form + (isListing ? foundSection(crm, type, words) : writtenSection(crm) + countsSection(crm));
}

/** Where Kith wrote last, with the values that say most. */
function writtenSection(crm: LiveCrm): string {
  const written = (['companies', 'contacts'] as const).flatMap((type) => {
    const object = crm.object(type);
    const ours = [...object.catalogue.properties.values()].filter(({ name }) => name.startsWith('kith_'));
    const readers = ours.map((definition) => ({ definition, read: object.reader(definition.name)! }));
    return Array.from({ length: ours.length === 0 ? 0 : object.rows }, (_, row) => row).flatMap((row) => {
      if (!object.isTouched(row) || object.state(row) !== 'live') return [];
      const values = readers.flatMap(({ definition, read }) => {
        const value = read(row);
        return value === null ? [] : [{ definition, value }];
      });
      return values.length === 0 ? [] : [{ type, row, values, at: object.updatedAt(row) }];
    });
  });
  if (written.length === 0)
    return '<section class="kith"><h2>Written by Kith</h2><p class="muted">Nothing yet: a write-back fills this.</p></section>';
  const newest = written.sort((a, b) => b.at - a.at || a.row - b.row).slice(0, MOST_WRITTEN);
  const rows = newest.map(({ type, row, values }) => {
    const tags = values
      .filter(({ definition }) => definition.type === 'enumeration')
      .map(
        ({ definition, value }) =>
          `<span class="tag"><span class="muted">${escapeHtml(definition.label)}</span> ${escapeHtml(valueText(crm, definition, value))}</span>`,
      );
    return `<tr><td><a href="/records/${type}/${crm.object(type).idAt(row)}">${escapeHtml(recordName(crm, type, row))}</a></td><td>${tags.join(' ')}</td></tr>`;
  });
  const count = written.length.toLocaleString('en');
  return `<section class="kith"><h2>Written by Kith</h2><p class="muted">${count} ${written.length === 1 ? 'record holds' : 'records hold'} its values; the latest:</p>
<table class="links"><tbody>${rows.join('')}</tbody></table></section>`;
}

function countsSection(crm: LiveCrm): string {
  const rows = CRM_OBJECT_TYPES.flatMap((type) => {
    const object = crm.object(type);
    let live = 0;
    for (let row = 0; row < object.rows; row++) if (object.state(row) === 'live') live += 1;
    if (live === 0) return [];
    return [
      `<tr><td><a href="/?type=${type}">${typeLabel(type)}</a></td><td class="number">${live.toLocaleString('en')}</td></tr>`,
    ];
  });
  return `<section><h2>Records</h2><table><tbody>${rows.join('')}</tbody></table></section>`;
}

function foundSection(crm: LiveCrm, type: CrmObjectType, words: string): string {
  const { rows, hasMore } = find(crm, type, words);
  if (rows.length === 0)
    return `<section><p>No ${typeLabel(type).toLowerCase()} found for “${escapeHtml(words)}”.</p></section>`;
  const object = crm.object(type);
  const items = rows.map((row) => {
    const id = object.idAt(row);
    const detail = NAMING[type].at(-1)!;
    const more = NAMING[type].length > 1 ? (object.value(row, detail) ?? '') : '';
    return `<tr><td><a href="/records/${type}/${id}">${escapeHtml(recordName(crm, type, row))}</a></td><td class="muted">${escapeHtml(more)}</td><td class="number muted">${id}</td></tr>`;
  });
  const note = hasMore ? `<p class="muted">The first ${MOST_FOUND} are shown; search for more of the name.</p>` : '';
  return `<section><h2>${typeLabel(type)}</h2><div class="wide"><table><tbody>${items.join('')}</tbody></table></div>${note}</section>`;
}

function find(crm: LiveCrm, type: CrmObjectType, words: string): { rows: number[]; hasMore: boolean } {
  const object = crm.object(type);
  const exact = /^\d+$/.test(words) ? object.rowOf(words) : -1;
  if (exact >= 0 && object.state(exact) !== 'gone') return { rows: [exact], hasMore: false };
  const readers = NAMING[type].flatMap((name) => object.reader(name) ?? []);
  const wanted = words.toLowerCase();
  const rows: number[] = [];
  for (let row = 0; row < object.rows; row++) {
    if (object.state(row) !== 'live') continue;
    const text = readers.map((read) => read(row) ?? '').join(' ');
    if (!text.toLowerCase().includes(wanted)) continue;
    if (rows.length === MOST_FOUND) return { rows, hasMore: true };
    rows.push(row);
  }
  return { rows, hasMore: false };
}
