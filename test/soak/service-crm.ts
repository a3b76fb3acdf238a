import type { StandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import type { RandomSource } from '../../src/math/random.ts';

/** Changes that people make in the CRM: one a call. */
export interface CrmLife {
  change(): void;
  readonly changes: number;
}

/**
 * What sales, marketing and service do in a CRM all day: mostly edits of deals, companies, contacts and tickets, now and then a new
 * deal on a customer, and now and then a record that is archived or brought back. What is archived comes back, so that the company
 * stays about as large as it was.
 */
export function createCrmLife(hubspot: StandInHubspot, random: RandomSource, now: () => number): CrmLife {
  const { portal } = hubspot;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const ids = {
    companies: portal.ids('companies'),
    contacts: portal.ids('contacts'),
    deals: portal.ids('deals'),
    tickets: portal.ids('tickets'),
  };
  const stages = portal.portal.stages.filter(({ object }) => object === 'deals');
  let archived: string | null = null;
  let changes = 0;

  function newDeal(): void {
    const stage = pick(stages);
    const day = 24 * 3_600_000;
    const closes = now() + Math.floor((random() * 40 - (stage.isClosed ? 40 : 0)) * day);
    const id = portal.create('deals', {
      dealname: `Order ${changes}`,
      pipeline: stage.pipelineId,
      dealstage: stage.stageId,
      amount: (100 + Math.floor(random() * 5_000)).toFixed(2),
      closedate: new Date(closes).toISOString(),
    });
    portal.link('deals', id, 'companies', pick(ids.companies), true);
    ids.deals.push(id);
  }

  return {
    get changes() {
      return changes;
    },
    change() {
      changes += 1;
      const draw = random();
      const deal = pick(ids.deals);
      if (draw < 0.35 && deal !== archived)
        portal.edit('deals', deal, { amount: (50 + Math.floor(random() * 9_000)).toFixed(2) });
      else if (draw < 0.55)
        portal.edit('companies', pick(ids.companies), { city: pick(['Ulm', 'Lyon', '上海', 'Graz']) });
      else if (draw < 0.7)
        portal.edit('contacts', pick(ids.contacts), { jobtitle: pick(['Buyer', 'Head of lab', '采购']) });
      else if (draw < 0.8 && ids.tickets.length > 0)
        portal.edit('tickets', pick(ids.tickets), { hs_ticket_priority: pick(['LOW', 'MEDIUM', 'HIGH']) });
      else if (draw < 0.95) newDeal();
      else if (archived === null) {
        archived = deal;
        portal.archive('deals', deal);
      } else {
        portal.restore('deals', archived);
        archived = null;
      }
    },
  };
}
