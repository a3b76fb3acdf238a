import { escapeHtml } from '../../../src/lib/escape-html.ts';
import { CRM_OBJECT_TYPES, type CrmObjectType } from '../../portal/portal-data.ts';
import type { LiveCrm } from '../live-crm.ts';
import type { ValueVersion } from '../live-object.ts';
import type { PropertyDefinition } from '../property-catalogue.ts';
import { instantText, typeLabel, valueText } from './texts.ts';

const MOST_LINKS = 20;
type NameOf = (type: CrmObjectType, row: number) => string;

/** One record: what Kith wrote first, every value with its history, and what it is associated with. */
export function recordPage(crm: LiveCrm, type: CrmObjectType, id: string, nameOf: NameOf): string | null {
  const object = crm.object(type);
  const row = object.rowOf(id);
  if (row < 0 || object.state(row) === 'gone') return null;
  const shown = [...object.catalogue.properties.values()].flatMap((definition) => {
    const value = object.value(row, definition.name);
    const isCleared =
      value === null && definition.name.startsWith('kith_') && object.history(row, definition.name).length > 0;
    return value === null && !isCleared ? [] : [{ definition, value }];
  });
  const rowsOf = (some: typeof shown): string =>
    some.map(({ definition, value }) => rowOf(crm, type, row, definition, value)).join('');
  const ours = shown.filter(({ definition }) => definition.name.startsWith('kith_'));
  const others = shown.filter(({ definition }) => !definition.name.startsWith('kith_'));
  const archived = object.state(row) === 'archived' ? ' <span class="tag warn">archived</span>' : '';
  const note =
    ours.length === 0 ? '<p class="muted">Kith has written nothing here yet.</p>' : valuesTable(rowsOf(ours));
  return `<section><p class="muted"><a href="/?type=${type}">${typeLabel(type)}</a> · ${object.idAt(row)}${archived}</p>
<h1>${escapeHtml(nameOf(type, row))}</h1></section>
<section class="kith"><h2>Written by Kith</h2>${note}</section>
<section><h2>Properties</h2>${valuesTable(rowsOf(others))}</section>${linksOf(crm, type, row, nameOf)}`;
}

function valuesTable(rows: string): string {
  return `<table class="values"><tbody>${rows}</tbody></table>`;
}

function rowOf(
  crm: LiveCrm,
  type: CrmObjectType,
  row: number,
  definition: PropertyDefinition,
  value: string | null,
): string {
  const versions = crm.object(type).history(row, definition.name);
  const isPersons = definition.name.startsWith('kith_') && versions[0]?.source.type === 'CRM_UI';
  const tag = isPersons ? ' <span class="tag warn">changed by a person</span>' : '';
  const text = value === null ? '<span class="muted">cleared</span>' : escapeHtml(valueText(crm, definition, value));
  return `<tr><td>${escapeHtml(definition.label)}<br><small class="muted">${escapeHtml(definition.name)}</small></td>
<td><div class="value">${text}${tag}</div>${historyOf(crm, definition, versions, isPersons)}</td></tr>`;
}

/** Shown only where a value has changed since the portal was loaded; open where a person overruled Kith. */
function historyOf(
  crm: LiveCrm,
  definition: PropertyDefinition,
  versions: readonly ValueVersion[],
  isOpen: boolean,
): string {
  if (versions.length === 0 || (versions.length === 1 && versions[0]!.source.type === 'IMPORT')) return '';
  const rows = versions.map(({ value, timestamp, source }) => {
    const text = value === '' ? '<span class="muted">cleared</span>' : escapeHtml(valueText(crm, definition, value));
    return `<tr><td>${text}</td><td class="muted">${instantText(timestamp, 'second')}</td><td class="muted">${WRITERS[source.type]}</td></tr>`;
  });
  return `<details${isOpen ? ' open' : ''}><summary>History (${versions.length})</summary>
<table class="history"><tbody>${rows.join('')}</tbody></table></details>`;
}

const WRITERS: Readonly<Record<ValueVersion['source']['type'], string>> = {
  IMPORT: 'imported',
  INTEGRATION: 'over the API',
  CRM_UI: 'by a person',
  MERGE_OBJECTS: 'by a merge',
};

function linksOf(crm: LiveCrm, type: CrmObjectType, row: number, nameOf: NameOf): string {
  const lists = CRM_OBJECT_TYPES.flatMap((toType) => {
    const to = crm.object(toType);
    const links = crm.links.of(type, row, toType).filter((link) => to.state(link.row) === 'live');
    if (links.length === 0) return [];
    // Of many links only some are marked; where all are, the mark says nothing.
    const isMarked = links.some(({ isPrimary }) => isPrimary) && !links.every(({ isPrimary }) => isPrimary);
    // The newest are what one looks for.
    const list = links
      .slice(-MOST_LINKS)
      .reverse()
      .map((link) => {
        const mark = isMarked && link.isPrimary ? ' <span class="tag">primary</span>' : '';
        const detail = detailOf(crm, toType, link.row);
        return `<tr><td><a href="/records/${toType}/${to.idAt(link.row)}">${escapeHtml(nameOf(toType, link.row))}</a>${mark}</td><td class="muted number">${escapeHtml(detail)}</td></tr>`;
      });
    const more = links.length > MOST_LINKS ? `<p class="muted">and ${links.length - MOST_LINKS} older ones</p>` : '';
    return [
      `<section><h2>${typeLabel(toType)} <span class="muted">${links.length}</span></h2><table class="links"><tbody>${list.join('')}</tbody></table>${more}</section>`,
    ];
  });
  return lists.join('');
}

/** What one wants to know of a linked record beside its name. */
function detailOf(crm: LiveCrm, type: CrmObjectType, row: number): string {
  const object = crm.object(type);
  const at = object.value(row, type === 'deals' ? 'closedate' : 'createdate');
  const day = at === null || Number.isNaN(Date.parse(at)) ? '' : instantText(Date.parse(at), 'day');
  if (type === 'contacts') return object.value(row, 'email') ?? '';
  if (type === 'companies') return object.value(row, 'domain') ?? '';
  if (type === 'tasks') {
    const due = Date.parse(object.value(row, 'hs_timestamp') ?? '');
    const status = (object.value(row, 'hs_task_status') ?? '').toLowerCase().replaceAll('_', ' ');
    return [status, Number.isNaN(due) ? '' : `due ${instantText(due, 'day')}`]
      .filter((part) => part !== '')
      .join(' · ');
  }
  if (type === 'line_items') return object.value(row, 'amount') ?? '';
  if (type !== 'deals') return type === 'tickets' ? day : '';
  const amount = object.value(row, 'amount');
  const currency = object.value(row, 'deal_currency_code') ?? crm.portal.account.companyCurrency;
  return [amount === null ? '' : `${amount} ${currency}`, day].filter((part) => part !== '').join(' · ');
}
