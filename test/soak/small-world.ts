import type { CrmObjectType, PortalData, RecordTable } from '../../demo/portal/portal-data.ts';
import { TableBuilder } from '../../demo/portal/table-builder.ts';
import type { RandomSource } from '../../src/math/random.ts';

/** The objects that a history changes, and how many of each there are in the beginning. */
const SIZES: Readonly<Partial<Record<CrmObjectType, number>>> = {
  companies: 12,
  contacts: 16,
  products: 4,
  deals: 24,
  line_items: 24,
  tickets: 10,
  calls: 4,
  meetings: 3,
  emails: 4,
  feedback_submissions: 2,
};
// Every type is a key of its own table.
export const HISTORY_TYPES = Object.keys(SIZES) as CrmObjectType[];
export const HISTORY_START = Date.UTC(2026, 2, 2, 9);
const WORDS = [
  'Acme',
  'Birch & Sons',
  '黄河贸易',
  'O’Neil <b>',
  'Zenith 😀',
  'a\tb\\n',
  "'; DROP",
  'x'.repeat(300),
  '',
];

export interface Dice {
  below(n: number): number;
  chance(share: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function diceOf(random: RandomSource): Dice {
  const below = (n: number): number => Math.floor(random() * n);
  return { below, chance: (share) => random() < share, pick: (items) => items[below(items.length)]! };
}

/** A portal of about a hundred records whose ids differ in length, many of them last changed in one millisecond. */
export function smallWorld(dice: Dice): PortalData {
  const objects = new Map<CrmObjectType, RecordTable>();
  for (const type of HISTORY_TYPES) {
    const names = Object.keys(valuesOf(type, dice));
    const builder = new TableBuilder(names);
    let id = dice.pick([7, 94, 990, 99_990]);
    for (let n = 0; n < SIZES[type]!; n++) {
      const values = valuesOf(type, dice);
      builder.add(
        String(id),
        names.map((name) => values[name] ?? null),
      );
      id += 1 + dice.below(3);
    }
    const tie = HISTORY_START - 86_400_000 * (1 + dice.below(30));
    objects.set(
      type,
      builder.build(() => [tie, tie]),
    );
  }
  return {
    account: {
      portalId: 555,
      name: 'History',
      timeZone: 'America/New_York',
      companyCurrency: 'EUR',
      currencies: [
        { code: 'USD', rate: '0.905' },
        { code: 'CNY', rate: null },
      ],
    },
    owners: [{ id: '7', email: 'o@h.example', firstName: 'Olga', lastName: 'Ny', archived: false }],
    stages: [
      stage('deals', 'p', 'open', false, '0.4'),
      stage('deals', 'p', 'won', true, '1.0'),
      stage('tickets', 't', 'new', false, null),
      stage('tickets', 't', 'done', true, null),
    ],
    objects,
    links: [],
    skipped: [],
  };
}

function stage(
  object: 'deals' | 'tickets',
  pipelineId: string,
  id: string,
  isClosed: boolean,
  probability: string | null,
) {
  return { object, pipelineId, pipelineLabel: pipelineId, stageId: id, stageLabel: id, isClosed, probability };
}

/** Values that a person may have typed, with the odd ones among them. */
export function valuesOf(type: CrmObjectType, dice: Dice): Record<string, string> {
  const word = (): string => dice.pick(WORDS);
  const money = (): string => `${dice.below(100_000)}.${String(dice.below(100)).padStart(2, '0')}`;
  const moment = (): string => new Date(HISTORY_START - dice.below(90 * 86_400_000)).toISOString();
  switch (type) {
    case 'companies':
      return {
        name: word(),
        domain: `c${dice.below(99)}.example`,
        country: dice.pick(['DE', 'CN', '']),
        numberofemployees: String(dice.below(5000)),
      };
    case 'contacts':
      return {
        email: `p${dice.below(9999)}@h.example`,
        firstname: word(),
        lastname: word(),
        phone: `+49${dice.below(99999)}`,
      };
    case 'products':
      return { name: word(), hs_sku: `S${dice.below(99)}`, price: money() };
    case 'deals': {
      const currency = dice.pick(['EUR', 'EUR', 'USD', 'CNY', '']);
      const amount = dice.chance(0.1) ? '' : `${dice.chance(0.1) ? '-' : ''}${money()}`;
      const where = { pipeline: 'p', dealstage: dice.pick(['open', 'won', 'won']) };
      return { dealname: word(), ...where, amount, deal_currency_code: currency, closedate: moment() };
    }
    case 'line_items':
      return { name: word(), quantity: String(1 + dice.below(9)), price: money(), amount: money() };
    case 'tickets':
      return {
        subject: word(),
        hs_pipeline: 't',
        hs_pipeline_stage: dice.pick(['new', 'done']),
        hs_ticket_priority: 'LOW',
      };
    case 'calls':
      return { hs_timestamp: moment(), hs_call_direction: dice.pick(['INBOUND', 'OUTBOUND']) };
    case 'meetings':
      return { hs_timestamp: moment(), hs_meeting_outcome: dice.pick(['COMPLETED', 'NO_SHOW']) };
    case 'emails':
      return { hs_timestamp: moment(), hs_email_direction: 'EMAIL' };
    default:
      return { hs_submission_timestamp: moment(), hs_value: String(dice.below(10)) };
  }
}
