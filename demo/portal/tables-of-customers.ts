import type { MadeUpCompany, NameMaker } from './made-up-names.ts';
import type { PortalDraft } from './portal-draft.ts';

export interface MadeUpRecordCompany {
  readonly id: string;
  /** The customer's place in the list of customers. */
  readonly customer: number;
  /** The id of the record that this one doubles. */
  readonly doubleOf: string | null;
  readonly name: string;
  readonly createdAt: number;
  readonly ownerId: string;
  readonly title: MadeUpCompany;
  readonly employees: number;
}

export interface MadeUpContact {
  readonly id: string;
  readonly customer: number;
  readonly doubleOf: string | null;
  readonly person: ReturnType<NameMaker['person']>;
  readonly country: string;
  phone: string | null;
  readonly createdAt: number;
  readonly ownerId: string;
}

export function companyTables(draft: PortalDraft, companies: readonly MadeUpRecordCompany[]): void {
  const columns = ['name', 'domain', 'industry', 'country', 'numberofemployees', 'createdate', 'hubspot_owner_id'];
  draft.add('companies', columns, companies.length, (row) => {
    const { id, name, title, employees, createdAt, ownerId, doubleOf } = companies[row]!;
    // Second records are half empty, as such records are, and every eleventh company has no head count.
    const isBare = doubleOf !== null;
    return {
      id,
      values: [
        name,
        title.domain,
        isBare ? null : title.industry,
        title.country,
        isBare || row % 11 === 5 ? null : String(employees),
        new Date(createdAt).toISOString(),
        ownerId,
      ],
      links: [],
    };
  });
}

export function contactTables(draft: PortalDraft, contacts: readonly MadeUpContact[]): void {
  const columns = ['email', 'firstname', 'lastname', 'phone', 'country', 'createdate', 'hubspot_owner_id'];
  draft.add(
    'contacts',
    columns,
    contacts.length,
    (row) => {
      const { id, person, phone, country, createdAt, ownerId, customer } = contacts[row]!;
      return {
        id,
        values: [
          person.email,
          person.firstName,
          person.lastName,
          phone,
          country,
          new Date(createdAt).toISOString(),
          ownerId,
        ],
        links: [{ to: 'companies', id: String(10_001 + customer), isPrimary: true }],
      };
    },
    ['companies'],
  );
}
