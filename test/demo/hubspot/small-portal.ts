import {
  type StandInHubspot,
  type StandInHubspotOptions,
  startStandInHubspot,
} from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import type { CrmObjectType, PortalData, RecordTable } from '../../../demo/portal/portal-data.ts';
import { instantsOf } from '../../../demo/portal/record-dates.ts';
import { linkTable, TableBuilder } from '../../../demo/portal/table-builder.ts';

export const TOKEN = 'pat-eu1-test';
export const NO_LIMITS = { perTenSeconds: 1_000_000, searchPerSecond: 1_000_000, daily: 10_000_000 };

/** 250 companies (ids 1000, 1003, …), 8 deals of the first, 3 contacts, 2 owners; home currency EUR. */
export function smallPortal(): PortalData {
  const stages = [
    {
      object: 'deals',
      pipelineId: 'p',
      pipelineLabel: 'Orders',
      stageId: 's1',
      stageLabel: 'Won, perhaps',
      isClosed: false,
      probability: '0.9',
    },
    {
      object: 'deals',
      pipelineId: 'p',
      pipelineLabel: 'Orders',
      stageId: 's2',
      stageLabel: 'Paid',
      isClosed: true,
      probability: '1.0',
    },
    {
      object: 'tickets',
      pipelineId: 't',
      pipelineLabel: 'Desk',
      stageId: 'done',
      stageLabel: 'Done',
      isClosed: true,
      probability: null,
    },
  ] as const;
  const objects = new Map<CrmObjectType, RecordTable>();
  const add = (type: CrmObjectType, columns: string[], rows: (readonly [string, ...(string | null)[]])[]): void => {
    const builder = new TableBuilder(columns);
    for (const [id, ...values] of rows) builder.add(id, values);
    objects.set(type, builder.build(instantsOf(type, stages)));
  };
  const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();
  add(
    'companies',
    ['name', 'domain', 'createdate', 'hubspot_owner_id', 'favourite_colour'],
    Array.from({ length: 250 }, (_, n) => [
      String(1000 + 3 * n),
      `Company <${n}>`,
      `c${n}.example`,
      day(n % 40),
      '7',
      null,
    ]),
  );
  add(
    'contacts',
    ['email', 'firstname', 'lastname', 'createdate'],
    [
      ['1', 'ann@c0.example', 'Ann', 'Lee', day(0)],
      ['2', 'bo@c0.example', 'Bo', '林', day(1)],
      ['3', 'cy@c1.example', 'Cy', 'Ray', day(2)],
    ],
  );
  add(
    'deals',
    ['dealname', 'pipeline', 'dealstage', 'amount', 'deal_currency_code', 'createdate', 'closedate'],
    Array.from({ length: 8 }, (_, n) => [
      String(500 + n),
      `Deal ${n}`,
      'p',
      n === 0 ? 's1' : 's2',
      `${n}00.50`,
      n === 6 ? 'USD' : n === 7 ? 'CNY' : 'EUR',
      day(n),
      day(n + 30),
    ]),
  );
  return {
    account: {
      portalId: 424_242,
      name: 'Small',
      timeZone: 'Europe/Berlin',
      companyCurrency: 'EUR',
      currencies: [
        { code: 'USD', rate: '0.905' },
        { code: 'CNY', rate: null },
      ],
    },
    owners: [
      { id: '7', email: 'o@small.example', firstName: 'Olga', lastName: 'Ny', archived: false },
      { id: '8', email: 'x@small.example', firstName: 'Xu', lastName: 'Li', archived: true },
    ],
    stages,
    objects,
    links: [
      linkTable('deals', 'companies', 8, (row) => [
        { row: 0, isPrimary: true },
        ...(row === 5 ? [{ row: 1, isPrimary: false }] : []),
      ]),
      linkTable('contacts', 'companies', 3, (row) => [{ row: row === 2 ? 1 : 0, isPrimary: true }]),
    ],
    skipped: [],
  };
}

// biome-ignore lint/suspicious/noExplicitAny: what a test looks at is whatever the server says
type Json = any;

export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; headers: Headers; body: Json; text: string }>;

export async function startSmall(
  options: Partial<StandInHubspotOptions> = {},
): Promise<{ server: StandInHubspot; call: Call }> {
  const server = await startStandInHubspot({ portal: smallPortal(), token: TOKEN, limits: NO_LIMITS, ...options });
  const call: Call = async (method, path, body, headers = {}) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = text !== '' && (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
  };
  return { server, call };
}
