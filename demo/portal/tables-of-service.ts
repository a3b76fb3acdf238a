import type { RandomSource } from '../../src/math/random.ts';
import { pick } from './draws.ts';
import type { MadeUpEngagement, MadeUpTicket } from './made-up-service.ts';
import { TICKET_PIPELINE } from './made-up-stages.ts';
import type { CrmObjectType } from './portal-data.ts';
import type { DraftLink, PortalDraft } from './portal-draft.ts';
import { ENGAGEMENT_PROPERTIES } from './portal-files.ts';
import type { MadeUpContact, MadeUpRecordCompany } from './tables-of-customers.ts';

/** `service[c]` is what happened around customer c. */
export function serviceTables(
  draft: PortalDraft,
  random: RandomSource,
  service: readonly { readonly tickets: readonly MadeUpTicket[]; readonly engagements: readonly MadeUpEngagement[] }[],
  companies: readonly MadeUpRecordCompany[],
  contacts: readonly MadeUpContact[],
): void {
  const people: string[][] = service.map(() => []);
  for (const contact of contacts) people[contact.customer]!.push(contact.id);
  const customerLinks = (customer: number, hasPrimary: boolean): DraftLink[] => [
    { to: 'companies', id: companies[customer]!.id, isPrimary: hasPrimary },
    { to: 'contacts', id: pick(random, people[customer]!), isPrimary: false },
  ];
  const tickets = service
    .flatMap((one, customer) => one.tickets.map((ticket) => ({ ticket, customer })))
    .sort((a, b) => a.ticket.createdAt - b.ticket.createdAt || a.customer - b.customer);
  const columns = [
    'subject',
    'hs_pipeline',
    'hs_pipeline_stage',
    'hs_ticket_priority',
    'createdate',
    'closed_date',
    'satisfaction',
  ];
  draft.add(
    'tickets',
    columns,
    tickets.length,
    (row) => {
      const { ticket, customer } = tickets[row]!;
      const open = ticket.priority === 'LOW' ? 't-waiting' : 't-new';
      return {
        id: String(7_000_001 + row),
        values: [
          ticket.subject,
          TICKET_PIPELINE,
          ticket.closedAt === null ? open : 't-done',
          ticket.priority,
          new Date(ticket.createdAt).toISOString(),
          ticket.closedAt === null ? null : new Date(ticket.closedAt).toISOString(),
          ticket.satisfaction === null ? null : String(ticket.satisfaction),
        ],
        links: customerLinks(customer, true),
      };
    },
    ['companies', 'contacts'],
  );
  const engagements = service
    .flatMap((one, customer) => one.engagements.map((engagement) => ({ engagement, customer, id: '' })))
    .sort((a, b) => a.engagement.at - b.engagement.at || a.customer - b.customer)
    // One sequence for all four kinds: in a file they stand together.
    .map((one, row) => ({ ...one, id: String(90_000_001 + row) }));
  for (const [kind, properties] of Object.entries(ENGAGEMENT_PROPERTIES)) {
    const own = engagements.filter((one) => one.engagement.type === kind);
    const used = (['at', 'direction', 'outcome', 'score'] as const).filter(
      (column) => properties[column] !== undefined,
    );
    const type: CrmObjectType = properties.type;
    draft.add(
      type,
      used.map((column) => properties[column]!),
      own.length,
      (row) => {
        const { engagement, customer, id } = own[row]!;
        const values = used.map((column) => {
          if (column === 'at') return new Date(engagement.at).toISOString();
          const value = engagement[column];
          return value === null ? null : String(value);
        });
        return { id, values, links: customerLinks(customer, false) };
      },
      ['companies', 'contacts'],
    );
  }
}
