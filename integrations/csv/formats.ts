import { z } from 'zod';
import { type Association, type CrmRecords, ENGAGEMENT_TYPES, type ObjectType } from '../../src/domain/crm.ts';
import { currency, decimal, flag, id, instant, number, rate, text, wholeNumber } from './columns.ts';

/** One kind of file: its columns, what each must hold, and the record and associations that a row becomes. */
interface FileFormat<T extends ObjectType> {
  readonly columns: readonly string[];
  /** The columns without which a row has no id. */
  readonly idColumns: readonly string[];
  /** Throws nothing: a row that breaks the format comes back as the column and what is wrong with it. */
  read(
    row: Readonly<Record<string, string>>,
    extra: CrmRecords[T]['extra'],
  ): { record: CrmRecords[T]; links: readonly Association[] } | { column: string; problem: string };
}

function format<T extends ObjectType, Shape extends z.ZodRawShape>(
  type: T,
  shape: Shape,
  idColumns: readonly string[],
  convert: (row: z.output<z.ZodObject<Shape>>) => Omit<CrmRecords[T], 'archived' | 'updatedAt' | 'extra'>,
): FileFormat<T> {
  const schema = z.object(shape);
  const linkColumns = (['companies', 'contacts', 'deals'] as const).filter((to) => LINK_COLUMN[to] in shape);
  return {
    columns: Object.keys(shape),
    idColumns,
    read(row, extra) {
      const parsed = schema.safeParse(row);
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        return { column: String(issue?.path[0] ?? ''), problem: issue?.message ?? 'is not readable' };
      }
      // Every record is its own fields and these; TypeScript cannot see through the mapped type.
      const record = { archived: false, ...convert(parsed.data), updatedAt: 0, extra } as unknown as CrmRecords[T];
      const links: Association[] = [];
      for (const toType of linkColumns) {
        const toId = row[LINK_COLUMN[toType]] ?? '';
        if (toId !== '') {
          links.push({ fromType: type, fromId: record.id, toType, toId, isPrimary: true });
        }
      }
      return { record, links };
    },
  };
}

const LINK_COLUMN = { companies: 'company_id', contacts: 'contact_id', deals: 'deal_id' } as const;

export const FORMATS: { readonly [T in ObjectType]: FileFormat<T> } = {
  owners: format('owners', { id, email: text, firstName: text, lastName: text, archived: flag }, ['id'], (row) => ({
    ...row,
    createdAt: null,
  })),
  pipelines: format(
    'pipelines',
    {
      object: z.enum(['deals', 'tickets'], { error: 'is neither deals nor tickets' }),
      pipeline_id: id,
      pipeline_label: text,
      stage_id: id,
      stage_label: text,
      is_closed: flag,
      probability: number.refine((p) => p === null || (p >= 0 && p <= 1), 'is not between 0 and 1'),
    },
    ['object', 'pipeline_id', 'stage_id'],
    (row) => ({
      id: `${row.object}/${row.pipeline_id}/${row.stage_id}`,
      object: row.object,
      pipelineId: row.pipeline_id,
      pipelineLabel: row.pipeline_label,
      stageId: row.stage_id,
      stageLabel: row.stage_label,
      isClosed: row.is_closed,
      probability: row.object === 'deals' ? row.probability : null,
      createdAt: null,
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
    (row) => ({
      id: row.id,
      name: row.name,
      domain: row.domain,
      industry: row.industry,
      country: row.country,
      employees: row.numberofemployees,
      ownerId: row.hubspot_owner_id,
      parentCompanyId: row.hs_parent_company_id,
      createdAt: row.createdate,
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
    (row) => ({
      id: row.id,
      email: row.email,
      firstName: row.firstname,
      lastName: row.lastname,
      phone: row.phone,
      country: row.country,
      ownerId: row.hubspot_owner_id,
      createdAt: row.createdate,
    }),
  ),
  products: format('products', { id, name: text, hs_sku: text, price: decimal }, ['id'], (row) => ({
    id: row.id,
    name: row.name,
    sku: row.hs_sku,
    price: row.price,
    createdAt: null,
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
    (row) => ({
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
    (row) => ({
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
    (row) => ({
      id: row.id,
      subject: '',
      pipelineId: row.pipeline,
      stageId: row.hs_pipeline_stage,
      priority: row.hs_ticket_priority,
      closedAt: row.closed_date,
      satisfaction: row.satisfaction,
      ownerId: row.hubspot_owner_id,
      createdAt: row.createdate,
    }),
  ),
  engagements: format(
    'engagements',
    {
      id,
      type: z.enum(ENGAGEMENT_TYPES, { error: `is none of ${ENGAGEMENT_TYPES.join(', ')}` }),
      at: instant.refine((at): at is number => at !== null, 'is empty'),
      direction: text,
      outcome: text,
      score: number,
      company_id: text,
      contact_id: text,
    },
    ['id'],
    (row) => ({
      id: row.id,
      type: row.type,
      at: row.at,
      direction: row.direction,
      outcome: row.outcome,
      score: row.score,
      createdAt: row.at,
    }),
  ),
};
