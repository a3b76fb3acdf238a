import { CRM_OBJECT_TYPES, type CrmObjectType } from '../../portal/portal-data.ts';
import type { LiveCrm } from '../live-crm.ts';
import { escapeHtml } from './html.ts';

const MOST_LINKS = 20;

/** One record: Kith's properties first and marked, every value with its history, and what it is associated with. */
export function recordPage(
  crm: LiveCrm,
  type: CrmObjectType,
  id: string,
  nameOf: (type: CrmObjectType, row: number) => string,
): string | null {
  const object = crm.object(type);
  const row = object.rowOf(id);
  if (row < 0 || object.state(row) === 'gone') return null;
  const definitions = [...object.catalogue.properties.values()];
  const isOurs = (name: string): boolean => name.startsWith('kith_');
  const shown = definitions
    .map((definition) => ({ definition, value: object.value(row, definition.name) }))
    .filter(({ value }) => value !== null)
    .sort((a, b) => Number(isOurs(b.definition.name)) - Number(isOurs(a.definition.name)));
  const rows = shown.map(({ definition, value }) => {
    const option = definition.options.find((one) => one.value === value);
    const text = option === undefined || option.label === value ? value! : `${option.label} (${value})`;
    return `<tr${isOurs(definition.name) ? ' class="kith"' : ''}><td>${escapeHtml(definition.label)}<br><small class="muted">${escapeHtml(definition.name)}</small></td><td>${escapeHtml(text)}${historyOf(crm, type, row, definition.name)}</td></tr>`;
  });
  const written = shown.filter(({ definition }) => isOurs(definition.name)).length;
  const note =
    written === 0
      ? 'Kith has written nothing here yet.'
      : `${written} ${written === 1 ? 'value' : 'values'} written by Kith, marked below.`;
  const archived = object.state(row) === 'archived' ? ' · archived' : '';
  return `<section><h1>${escapeHtml(nameOf(type, row))}</h1><p class="muted">${escapeHtml(type)} ${object.idAt(row)}${archived} · ${note}</p>
<table class="values"><tbody>${rows.join('')}</tbody></table></section>${linksOf(crm, type, row, nameOf)}`;
}

/** Shown only where a value has changed since the portal was loaded. */
function historyOf(crm: LiveCrm, type: CrmObjectType, row: number, property: string): string {
  const versions = crm.object(type).history(row, property);
  if (versions.length === 0 || (versions.length === 1 && versions[0]!.source.type === 'IMPORT')) return '';
  const items = versions.map((version) => {
    const value = version.value === '' ? 'cleared' : escapeHtml(version.value);
    const at = new Date(version.timestamp).toISOString().replace('T', ' ').slice(0, 19);
    return `<li>${value} <small class="muted">${at} UTC · ${escapeHtml(version.source.type)}</small></li>`;
  });
  return `<details><summary>History (${versions.length})</summary><ul>${items.join('')}</ul></details>`;
}

function linksOf(
  crm: LiveCrm,
  type: CrmObjectType,
  row: number,
  nameOf: (type: CrmObjectType, row: number) => string,
): string {
  const lists = CRM_OBJECT_TYPES.flatMap((toType) => {
    const to = crm.object(toType);
    const links = crm.links.of(type, row, toType).filter((link) => to.state(link.row) === 'live');
    if (links.length === 0) return [];
    // The newest are what one looks for.
    const items = links.slice(-MOST_LINKS).reverse();
    const list = items.map(
      (link) =>
        `<li><a href="/records/${toType}/${to.idAt(link.row)}">${escapeHtml(nameOf(toType, link.row))}</a>${link.isPrimary ? ' <small class="muted">primary</small>' : ''}</li>`,
    );
    const more = links.length > MOST_LINKS ? `<li class="muted">and ${links.length - MOST_LINKS} older ones</li>` : '';
    return [`<h2>${escapeHtml(toType.replaceAll('_', ' '))} (${links.length})</h2><ul>${list.join('')}${more}</ul>`];
  });
  return lists.length === 0 ? '' : `<section>${lists.join('')}</section>`;
}
