import {
  type Association,
  type CrmRecords,
  ENGAGEMENT_TYPES,
  type ObjectType,
  type RecordBase,
} from '../../src/domain/crm.ts';
import {
  anyInstant,
  type Column,
  currency,
  decimal,
  flag,
  id,
  instant,
  number,
  numberThat,
  oneOf,
  rate,
  text,
  Unreadable,
  wholeNumber,
} from './columns.ts';

/** One kind of file: its columns, what each must hold, and the record and associations that a row becomes. */
interface FileFormat<T extends ObjectType> {
  readonly columns: readonly string[];
  /** The columns without which a row has no id. */
  readonly idColumns: readonly string[];
  /**
   * The record of a row, whose cells stand in the order of `columns`; its links are added to `links`. Throws nothing: what breaks the
   * format comes back as the column and what is wrong with it.
   */
  read(cells: readonly string[], extra: Extra, links: Association[]): CrmRecords[T] | BrokenCell;
}

type Extra = RecordBase['extra'];

/** The column of a cell that breaks the format, and what is wrong with it. */
export class BrokenCell {
  readonly column: string;
  readonly problem: string;

  constructor(column: string, problem: string) {
    this.column = column;
    this.problem = problem;
  }
}

type Shape = Readonly<Record<string, Column<unknown>>>;
type Row<S extends Shape> = { [Name in keyof S]: Exclude<ReturnType<S[Name]>, Unreadable> };

/** `convert` makes the whole record at once: a folder has millions of them, and copying one takes longer than making it. */
function format<T extends ObjectType, S extends Shape>(
  type: T,
  shape: S,
  idColumns: readonly string[],
  convert: (row: Row<S>, extra: Extra) => CrmRecords[T],
): FileFormat<T> {
  const columns = Object.keys(shape);
  const readers = Object.values(shape);
  const linkColumns = (['companies', 'contacts', 'deals'] as const).flatMap((toType) => {
    const at = columns.indexOf(LINK_COLUMN[toType]);
    return at === -1 ? [] : [{ toType, at }];
  });
  // Filled anew by each row, which `convert` takes its record from at once.
  const row: Record<string, unknown> = Object.fromEntries(columns.map((column) => [column, null]));
  return {
    columns,
    idColumns,
    read(cells, extra, links) {
      for (let k = 0; k < columns.length; k++) {
        const value = readers[k]!(cells[k]!);
        if (value instanceof Unreadable) return new BrokenCell(columns[k]!, value.problem);
        row[columns[k]!] = value;
      }
      // Each value is of its column, which TypeScript cannot see.
      const record = convert(row as Row<S>, extra);
      for (const { toType, at } of linkColumns) {
        const toId = cells[at]!;
        if (toId !== '') links.push({ fromType: type, fromId: record.id, toType, toId, isPrimary: true });
      }
      return record;
    },
  };
}

const LINK_COLUMN = { companies: 'company_id', contacts: 'contact_id', deals: 'deal_id' } as const;

export const FORMATS: { readonly [T in ObjectType]: FileFormat<T> } = {
  owners: format(
    'owners',
    { id, email: text, firstName: text, lastName: text, archived: flag },
    ['id'],
    (row, extra) => ({
      id: row.id,
      email: row.email,
      firstName: row.firstName,
      lastName: row.lastName,
      createdAt: null,
      updatedAt: 0,
      archived: row.archived,
      extra,
    }),
  ),
  pipelines: format(
    'pipelines',
    {
      object: oneOf(['deals', 'tickets'], 'is neither deals nor tickets'),
      pipeline_id: id,
      pipeline_label: text,
      stage_id: id,
      stage_label: text,
      is_closed: flag,
      probability: numberThat((p) => p >= 0 && p <= 1, new Unreadable('is not between 0 and 1')),
    },
    ['object', 'pipeline_id', 'stage_id'],
    (row, extra) => ({
      id: `${row.object}/${row.pipeline_id}/${row.stage_id}`,
      object: row.object,
      pipelineId: row.pipeline_id,
      pipelineLabel: row.pipeline_label,
      stageId: row.stage_id,
      stageLabel: row.stage_label,
      isClosed: row.is_closed,
      probability: row.object === 'deals' ? row.probability : null,
      createdAt: null,
      updatedAt: 0,
      archived: false,
      extra,
    }),
  ),
  companies: format(
    'companies',
    {
      id,
      name: text,
      domain: text,
      industry: text,
      country: text,
      numberofemployees: wholeNumber,
      createdate: instant,
      hubspot_owner_id: text,
      hs_parent_company_id: text,
    },
    ['id'],
    (row, extra) => ({
      id: row.id,
      name: row.name,
      domain: row.domain,
      industry: row.industry,
      country: row.country,
      employees: row.numberofemployees,
      ownerId: row.hubspot_owner_id,
      parentCompanyId: row.hs_parent_company_id,
      createdAt: row.createdate,
      updatedAt: 0,
      archived: false,
      extra,
    }),
  ),
  contacts: format(
    'contacts',
    {
      id,
      email: text,
      firstname: text,
      lastname: text,
      phone: text,
      country: text,
      createdate: instant,
      hubspot_owner_id: text,
      company_id: text,
    },
    ['id'],
    (row, extra) => ({
      id: row.id,
      email: row.email,
      firstName: row.firstname,
      lastName: row.lastname,
      phone: row.phone,
      country: row.country,
      ownerId: row.hubspot_owner_id,
      createdAt: row.createdate,
      updatedAt: 0,
      archived: false,
      extra,
    }),
  ),
  products: format('products', { id, name: text, hs_sku: text, price: decimal }, ['id'], (row, extra) => ({
    id: row.id,
    name: row.name,
    sku: row.hs_sku,
    price: row.price,
    createdAt: null,
    updatedAt: 0,
    archived: false,
    extra,
  })),
  deals: format(
    'deals',
    {
      id,
      pipeline: text,
      dealstage: text,
      amount: decimal,
      deal_currency_code: currency,
      amount_in_home_currency: decimal,
      hs_exchange_rate: rate,
      createdate: instant,
      closedate: instant,
      hubspot_owner_id: text,
      company_id: text,
      contact_id: text,
    },
    ['id'],
    (row, extra) => ({
      id: row.id,
      // Free text, in which people write names; nothing needs it.
      name: '',
      pipelineId: row.pipeline,
      stageId: row.dealstage,
      amount: row.amount,
      currency: row.deal_currency_code,
      homeAmount: row.amount_in_home_currency,
      exchangeRate: row.hs_exchange_rate,
      closedAt: row.closedate,
      ownerId: row.hubspot_owner_id,
      isClosedWon: null,
      createdAt: row.createdate,
      updatedAt: 0,
      archived: false,
      extra,
    }),
  ),
  line_items: format(
    'line_items',
    {
      id,
      deal_id: text,
      hs_product_id: text,
      name: text,
      hs_sku: text,
      quantity: decimal,
      price: decimal,
      amount: decimal,
      hs_recurring_billing_period: text,
      recurringbillingfrequency: text,
      hs_recurring_billing_start_date: instant,
      hs_recurring_billing_end_date: instant,
    },
    ['id'],
    (row, extra) => ({
      id: row.id,
      productId: row.hs_product_id,
      name: row.name,
      sku: row.hs_sku,
      quantity: row.quantity,
      price: row.price,
      amount: row.amount,
      recurringPeriod: row.hs_recurring_billing_period,
      recurringFrequency: row.recurringbillingfrequency,
      startsAt: row.hs_recurring_billing_start_date,
      endsAt: row.hs_recurring_billing_end_date,
      createdAt: null,
      updatedAt: 0,
      archived: false,
      extra,
    }),
  ),
  tickets: format(
    'tickets',
    {
      id,
      pipeline: text,
      hs_pipeline_stage: text,
      hs_ticket_priority: text,
      createdate: instant,
      closed_date: instant,
      satisfaction: number,
      hubspot_owner_id: text,
      company_id: text,
      contact_id: text,
    },
    ['id'],
    (row, extra) => ({
      id: row.id,
      subject: '',
      pipelineId: row.pipeline,
      stageId: row.hs_pipeline_stage,
      priority: row.hs_ticket_priority,
      closedAt: row.closed_date,
      satisfaction: row.satisfaction,
      ownerId: row.hubspot_owner_id,
      createdAt: row.createdate,
      updatedAt: 0,
      archived: false,
      extra,
    }),
  ),
  engagements: format(
    'engagements',
    {
      id,
      type: oneOf(ENGAGEMENT_TYPES, `is none of ${ENGAGEMENT_TYPES.join(', ')}`),
      at: anyInstant,
      direction: text,
      outcome: text,
      score: number,
      company_id: text,
      contact_id: text,
    },
    ['id'],
    (row, extra) => ({
      id: row.id,
      type: row.type,
      at: row.at,
      direction: row.direction,
      outcome: row.outcome,
      score: row.score,
      createdAt: row.at,
      updatedAt: 0,
      archived: false,
      extra,
    }),
  ),
};
