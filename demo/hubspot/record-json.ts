import type { CrmObjectType } from '../portal/portal-data.ts';
import { associationKind, singular } from './association-kinds.ts';
import type { LiveCrm } from './live-crm.ts';
import { createdProperty, modifiedProperty } from './property-catalogue.ts';

/** What a record shows when nobody asks for particular properties. */
const SHOWN_BY_DEFAULT: Readonly<Record<CrmObjectType, readonly string[]>> = {
  companies: ['name', 'domain'],
  contacts: ['email', 'firstname', 'lastname'],
  products: ['name', 'price', 'description'],
  deals: ['dealname', 'amount', 'closedate', 'dealstage', 'pipeline'],
  line_items: ['quantity', 'amount', 'price'],
  tickets: ['subject', 'content', 'hs_pipeline', 'hs_pipeline_stage', 'hs_ticket_priority'],
  calls: [],
  meetings: [],
  emails: [],
  tasks: [],
  feedback_submissions: [],
};

export interface RecordShape {
  readonly properties: readonly string[];
  readonly withHistory?: readonly string[];
  readonly associations?: readonly CrmObjectType[];
}

/**
 * A writer of records as JSON text, its columns looked up once for a whole page. Properties that the portal does not know
 * are left out without a word, as HubSpot does.
 */
export function recordWriter(crm: LiveCrm, type: CrmObjectType, shape: RecordShape): (row: number) => string {
  const object = crm.object(type);
  const asked = shape.properties.length === 0 ? SHOWN_BY_DEFAULT[type] : shape.properties;
  const names = [...new Set([createdProperty(type), modifiedProperty(type), 'hs_object_id', ...asked])];
  const columns = names.flatMap((name) => {
    const read = object.reader(name);
    return read === null ? [] : [{ key: `${JSON.stringify(name)}:`, read }];
  });
  const histories = (shape.withHistory ?? []).filter((name) => object.reader(name) !== null);
  return (row) => {
    let properties = '';
    for (const { key, read } of columns) {
      const value = read(row);
      properties += `${properties === '' ? '' : ','}${key}${value === null ? 'null' : JSON.stringify(value)}`;
    }
    const archivedAt = object.archivedAt(row);
    const id = object.idAt(row);
    let json = `{"id":"${id}","properties":{${properties}}`;
    if (histories.length > 0) json += `,"propertiesWithHistory":${historyJson(crm, type, row, histories)}`;
    json += `,"createdAt":"${new Date(object.createdAt(row)).toISOString()}"`;
    json += `,"updatedAt":"${new Date(object.updatedAt(row)).toISOString()}","archived":${archivedAt !== null}`;
    if (archivedAt !== null) json += `,"archivedAt":"${new Date(archivedAt).toISOString()}"`;
    if (shape.associations !== undefined) json += associationsJson(crm, type, row, shape.associations);
    return `${json},"url":"https://app.hubspot.com/contacts/${crm.portal.account.portalId}/record/${singular(type)}/${id}"}`;
  };
}

function historyJson(crm: LiveCrm, type: CrmObjectType, row: number, names: readonly string[]): string {
  const histories = names.map((name) => [
    name,
    crm
      .object(type)
      .history(row, name)
      .map((version) => ({
        value: version.value,
        timestamp: new Date(version.timestamp).toISOString(),
        sourceType: version.source.type,
        ...(version.source.id === '' ? {} : { sourceId: version.source.id }),
      })),
  ]);
  return JSON.stringify(Object.fromEntries(histories));
}

function associationsJson(crm: LiveCrm, type: CrmObjectType, row: number, toTypes: readonly CrmObjectType[]): string {
  const parts = toTypes.flatMap((toType) => {
    const to = crm.object(toType);
    const name = `${singular(type)}_to_${singular(toType)}`;
    const results = crm.links
      .of(type, row, toType)
      .filter((link) => to.state(link.row) === 'live')
      .flatMap((link) => {
        const id = to.idAt(link.row);
        const hasPrimary = associationKind(type, toType)?.primaryTypeId != null;
        if (!hasPrimary) return [{ id, type: name }];
        return [...(link.isPrimary ? [{ id, type: name }] : []), { id, type: `${name}_unlabeled` }];
      });
    return results.length === 0
      ? []
      : [`${JSON.stringify(toType === 'line_items' ? 'line items' : toType)}:${JSON.stringify({ results })}`];
  });
  return parts.length === 0 ? '' : `,"associations":{${parts.join(',')}}`;
}
