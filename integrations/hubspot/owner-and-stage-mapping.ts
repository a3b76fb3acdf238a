import type { z } from 'zod';
import type { Owner, PipelineStage } from '../../src/domain/crm.ts';
import { baseOf, instantOrNull } from './property-reading.ts';
import type { ownerSchema, pipelineSchema } from './schemas.ts';

export function ownerOf(raw: z.infer<typeof ownerSchema>, archived: boolean): Owner {
  return {
    ...baseOf(raw),
    archived: raw.archived ?? archived,
    createdAt: instantOrNull(raw.createdAt),
    email: raw.email ?? '',
    firstName: raw.firstName ?? '',
    lastName: raw.lastName ?? '',
  };
}

export function stagesOf(object: 'deals' | 'tickets', raw: z.infer<typeof pipelineSchema>): PipelineStage[] {
  return raw.stages.map((stage) => {
    const { isClosed, probability, ticketState } = stage.metadata;
    const chance = object === 'deals' && typeof probability === 'string' ? Number(probability) : Number.NaN;
    return {
      id: `${object}/${raw.id}/${stage.id}`,
      object,
      pipelineId: raw.id,
      pipelineLabel: raw.label,
      stageId: stage.id,
      stageLabel: stage.label,
      isClosed: isClosed === 'true' || ticketState === 'CLOSED',
      probability: Number.isNaN(chance) ? null : chance,
      createdAt: instantOrNull(stage.createdAt),
      updatedAt: instantOrNull(stage.updatedAt) ?? 0,
      archived: raw.archived === true || stage.archived === true,
      extra: {},
    };
  });
}
