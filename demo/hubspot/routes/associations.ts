import { z } from 'zod';
import { associationKind, singular } from '../association-kinds.ts';
import { invalid } from '../problems.ts';
import { objectScopes } from '../scopes.ts';
import { bodyAs, type Route, typeIn, VERSION } from '../stand-in-call.ts';
import { batchAnswer } from './batch.ts';

const MOST = 1000;

const body = z.object({
  inputs: z.array(z.object({ id: z.union([z.string(), z.number()]).transform(String), after: z.string().optional() })),
});

const read: Route = {
  method: 'POST',
  path: new RegExp(`^/crm/associations/${VERSION}/([^/]+)/([^/]+)/batch/read$`),
  pool: 'exempt',
  scopes: ({ parts }) => objectScopes(typeIn(parts[0]), 'read'),
  run(call) {
    const fromType = typeIn(call.parts[0]);
    const toType = typeIn(call.parts[1]);
    const kind = associationKind(fromType, toType);
    if (kind === null) throw invalid(`No associations go from ${fromType} to ${toType}`);
    const { inputs } = bodyAs(body, call.body);
    if (inputs.length === 0) throw invalid('The batch holds no inputs');
    if (inputs.length > MOST) throw invalid(`The batch holds ${inputs.length} inputs; the most is ${MOST}`);
    const from = call.crm.object(fromType);
    const to = call.crm.object(toType);
    const results: string[] = [];
    const errors: unknown[] = [];
    const unlabelled = `{"category":"HUBSPOT_DEFINED","typeId":${kind.typeId},"label":null}`;
    const primary = `{"category":"HUBSPOT_DEFINED","typeId":${kind.primaryTypeId},"label":"Primary"},${unlabelled}`;
    for (const { id, after } of inputs) {
      const row = from.rowOf(id);
      const links =
        row < 0 || from.state(row) !== 'live'
          ? []
          : call.crm.links.of(fromType, row, toType).filter((link) => to.state(link.row) === 'live');
      if (links.length === 0) {
        errors.push(noneFound(singular(fromType), singular(toType), id));
        continue;
      }
      // `after` is the id of the next target, so that links that come and go between two pages lose nothing.
      const start = after === undefined ? 0 : links.findIndex((link) => link.row >= to.rowFrom(after));
      const page = start < 0 ? [] : links.slice(start, start + call.options.associationsPage);
      const next = start < 0 ? undefined : links[start + call.options.associationsPage];
      const targets = page.map((link) => {
        const target = to.idAt(link.row);
        // Ids come as numbers from some of HubSpot's servers and as texts from others.
        const written = link.row % 2 === 0 ? target : `"${target}"`;
        return `{"toObjectId":${written},"associationTypes":[${link.isPrimary ? primary : unlabelled}]}`;
      });
      const paging = next === undefined ? '' : `,"paging":{"next":{"after":"${to.idAt(next.row)}"}}`;
      results.push(`{"from":{"id":${JSON.stringify(id)}},"to":[${targets.join(',')}]${paging}}`);
    }
    return batchAnswer(call, results, errors);
  },
};

function noneFound(from: string, to: string, id: string): unknown {
  return {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
    message: `No ${to} is associated with ${from} ${id}`,
    context: { fromObjectId: [id], fromObjectType: [from], toObjectType: [to] },
  };
}

export const associationRoutes: readonly Route[] = [read];
