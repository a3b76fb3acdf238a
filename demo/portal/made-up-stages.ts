import type { PortalOwner, PortalStage } from './portal-data.ts';

/** No won stage is called won, and one that is called so is not. */
const DEAL_STAGES: readonly (readonly [string, string, string, string, boolean, string])[] = [
  ['718204', 'New business', '1048211', 'Qualified', false, '0.2'],
  ['718204', 'New business', '1048212', 'Offer sent', false, '0.5'],
  ['718204', 'New business', '1048213', 'Won (verbal yes)', false, '0.9'],
  ['718204', 'New business', '1048214', 'Signed & delivered', true, '1.0'],
  ['718204', 'New business', '1048215', 'No deal', true, '0.0'],
  ['718377', 'Repeat orders', '1051301', 'Asked', false, '0.6'],
  ['718377', 'Repeat orders', '1051302', 'Invoiced', true, '1.0'],
  ['718377', 'Repeat orders', '1051303', 'Not this time', true, '0.0'],
];

const TICKET_STAGES: readonly (readonly [string, string, boolean])[] = [
  ['t-new', 'New', false],
  ['t-waiting', 'Waiting for customer', false],
  ['t-done', 'Solved', true],
];

export const TICKET_PIPELINE = 'support-desk';

export function madeUpStages(): PortalStage[] {
  return [
    ...DEAL_STAGES.map(([pipelineId, pipelineLabel, stageId, stageLabel, isClosed, probability]) => ({
      object: 'deals' as const,
      pipelineId,
      pipelineLabel,
      stageId,
      stageLabel,
      isClosed,
      probability,
    })),
    ...TICKET_STAGES.map(([stageId, stageLabel, isClosed]) => ({
      object: 'tickets' as const,
      pipelineId: TICKET_PIPELINE,
      pipelineLabel: 'Support desk',
      stageId,
      stageLabel,
      isClosed,
      probability: null,
    })),
  ];
}

export type DealFate = 'won' | 'lost' | 'open';

/** Pipeline and stage of a deal: first purchases and lost first tries go through new business. */
export function stageOf(fate: DealFate, isFirst: boolean, draw: number): readonly [string, string] {
  if (!isFirst) return ['718377', { won: '1051302', lost: '1051303', open: '1051301' }[fate]];
  const open = ['1048211', '1048212', '1048213'][Math.floor(draw * 3)]!;
  return ['718204', { won: '1048214', lost: '1048215', open }[fate]];
}

export const WON_STAGES: readonly string[] = ['718204/1048214', '718377/1051302'];

const OWNER_NAMES =
  'Petra Albrecht,Kwame Mensah,Sofia Lindgren,Tomasz Zając,Léa Fournier,Omar Haddad,Ingrid Solberg,Rafael Costa,晓琳 陈,Daniel Weber,Aylin Demir,Greta Hofmann';

/** Twelve owners, of whom the last has left the company. */
export function madeUpOwners(): PortalOwner[] {
  return OWNER_NAMES.split(',').map((name, place) => {
    const [firstName, lastName] = name.split(' ') as [string, string];
    const letters = `${firstName}.${lastName}`
      .normalize('NFD')
      .toLowerCase()
      .replace(/[^a-z.]/g, '');
    return {
      id: String(301 + place),
      email: `${letters === '.' ? 'xiaolin.chen' : letters}@tessera-instruments.example`,
      firstName,
      lastName,
      archived: place === 11,
    };
  });
}
