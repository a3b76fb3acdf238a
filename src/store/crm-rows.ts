import type { CrmRecords, Instant, ObjectType } from '../domain/crm.ts';
import { wellFormed } from '../lib/well-formed.ts';

// What DateTime64(3) holds.
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2299, 11, 31, 23, 59, 59, 999);

/** An instant as the engine reads it; null for none and for one that no calendar of the engine holds. */
export function instantText(instant: Instant | null): string | null {
  if (instant === null || !(instant >= EARLIEST && instant <= LATEST)) return null;
  const whole = Math.trunc(instant);
  const day = Math.floor(whole / DAY_MS);
  const milliseconds = whole - day * DAY_MS;
  const seconds = Math.floor(milliseconds / 1000);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${dayText(day)} ${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(seconds % 60)}.${String(milliseconds % 1000).padStart(3, '0')}`;
}

const DAY_MS = 86_400_000;
/** A portal's instants fall on a few thousand days, and are many on each. */
const days = new Map<number, string>();
const MOST_DAYS = 20_000;

/** Of days since 1970-01-01. */
function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  if (days.size >= MOST_DAYS) days.clear();
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
  days.set(day, text);
  return text;
}

const TWO_DIGITS: readonly string[] = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));

function twoDigits(value: number): string {
  return TWO_DIGITS[value]!;
}

const EPOCH = '1970-01-01 00:00:00.000';

/** One kind of record as columns and values in their order: arrays, since objects took several times as long to make. */
interface Layout<T extends ObjectType> {
  readonly columns: readonly string[];
  values(record: CrmRecords[T]): unknown[];
}

const BASE = ['id', 'created_at', 'updated_at', 'archived', 'extra', 'version', 'is_deleted'] as const;

/** The columns of a record's table, in the order of `recordValues`. */
export function recordColumns(type: ObjectType): readonly string[] {
  return [...LAYOUTS[type].columns, ...BASE];
}

/** A record as a row of its table. An archived record is a deleted row: `FINAL` leaves it out until it is restored. */
export function recordValues<T extends ObjectType>(type: T, record: CrmRecords[T], version: number): unknown[] {
  const values = LAYOUTS[type].values(record);
  // The engine refuses a whole batch over one half of a surrogate pair.
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'string') values[i] = wellFormed(value);
  }
  values.push(
    record.id,
    instantText(record.createdAt),
    record.updatedAt === 0 ? EPOCH : (instantText(record.updatedAt) ?? EPOCH),
    record.archived,
    record.extra,
    version,
    record.archived ? 1 : 0,
  );
  return values;
}

const LAYOUTS: { readonly [T in ObjectType]: Layout<T> } = {
  owners: {
    columns: ['email', 'first_name', 'last_name'],
    values: (owner) => [owner.email, owner.firstName, owner.lastName],
  },
  pipelines: {
    columns: ['object', 'pipeline_id', 'pipeline_label', 'stage_id', 'stage_label', 'is_closed', 'probability'],
    values: (stage) => [
      stage.object,
      stage.pipelineId,
      stage.pipelineLabel,
      stage.stageId,
      stage.stageLabel,
      stage.isClosed,
      stage.probability,
    ],
  },
  companies: {
    columns: ['name', 'domain', 'industry', 'country', 'employees', 'owner_id', 'parent_company_id'],
    values: (company) => [
      company.name,
      company.domain,
      company.industry,
      company.country,
      wholeNumber(company.employees),
      company.ownerId,
      company.parentCompanyId,
    ],
  },
  contacts: { columns: ['country', 'owner_id'], values: (contact) => [contact.country, contact.ownerId] },
  products: {
    columns: ['name', 'sku', 'price'],
    values: (product) => [product.name, product.sku, product.price],
  },
  deals: {
    columns: [
      'name',
      'pipeline_id',
      'stage_id',
      'amount',
      'currency',
      'home_amount',
      'exchange_rate',
      'closed_at',
      'owner_id',
      'is_closed_won',
    ],
    values: (deal) => [
      deal.name,
      deal.pipelineId,
      deal.stageId,
      deal.amount,
      deal.currency,
      deal.homeAmount,
      deal.exchangeRate,
      instantText(deal.closedAt),
      deal.ownerId,
      deal.isClosedWon,
    ],
  },
  line_items: {
    columns: [
      'product_id',
      'name',
      'sku',
      'quantity',
      'price',
      'amount',
      'recurring_period',
      'recurring_frequency',
      'starts_at',
      'ends_at',
    ],
    values: (item) => [
      item.productId,
      item.name,
      item.sku,
      item.quantity,
      item.price,
      item.amount,
      item.recurringPeriod,
      item.recurringFrequency,
      instantText(item.startsAt),
      instantText(item.endsAt),
    ],
  },
  tickets: {
    columns: ['subject', 'pipeline_id', 'stage_id', 'priority', 'closed_at', 'satisfaction', 'owner_id'],
    values: (ticket) => [
      ticket.subject,
      ticket.pipelineId,
      ticket.stageId,
      ticket.priority,
      instantText(ticket.closedAt),
      ticket.satisfaction,
      ticket.ownerId,
    ],
  },
  engagements: {
    columns: ['type', 'at', 'direction', 'outcome', 'score'],
    values: (engagement) => [
      engagement.type,
      instantText(engagement.at) ?? EPOCH,
      engagement.direction,
      engagement.outcome,
      engagement.score,
    ],
  },
};

function wholeNumber(value: number | null): number | null {
  return value === null || !(value >= 0 && value < 2 ** 32) ? null : Math.round(value);
}
