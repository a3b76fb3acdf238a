import type { PortalOwner, PortalStage } from '../../portal/portal-data.ts';
import { typeIdOf } from '../association-kinds.ts';
import { invalid, notFound } from '../problems.ts';
import { objectScopes, schemaScopes } from '../scopes.ts';
import { limitIn, ok, type Route, typeIn, VERSION } from '../stand-in-call.ts';

const owners: Route = {
  method: 'GET',
  path: new RegExp(`^/crm/owners/${VERSION}$`),
  pool: 'general',
  scopes: () => ['crm.objects.owners.read'],
  run(call) {
    const limit = limitIn(call.query, 100, 500);
    const wanted = call.query.get('archived') === 'true';
    const email = call.query.get('email');
    const all = call.crm.portal.owners.filter(
      (owner) => owner.archived === wanted && (email === null || owner.email === email),
    );
    const after = call.query.get('after');
    const start = after === null ? 0 : all.findIndex((owner) => owner.id === after);
    if (start < 0) throw invalid(`Invalid after '${after}': hand back what the page before gave`);
    const next = all[start + limit];
    return ok({
      results: all.slice(start, start + limit).map(ownerAnswer),
      ...(next === undefined ? {} : { paging: { next: { after: next.id } } }),
    });
  },
};

function ownerAnswer(owner: PortalOwner): unknown {
  return {
    id: owner.id,
    ...(owner.email === '' ? {} : { email: owner.email }),
    firstName: owner.firstName,
    lastName: owner.lastName,
    type: 'PERSON',
    userId: owner.archived ? null : Number(owner.id),
    userIdIncludingInactive: Number(owner.id),
    createdAt: '2020-01-01T00:00:00.000Z',
    updatedAt: '2020-01-01T00:00:00.000Z',
    archived: owner.archived,
  };
}

const pipelines: Route = {
  method: 'GET',
  path: new RegExp(`^/crm/pipelines/${VERSION}/([^/]+)$`),
  pool: 'general',
  scopes: ({ parts }) => {
    const type = typeIn(parts[0]);
    return [...schemaScopes(type, 'read'), ...objectScopes(type, 'read')];
  },
  run(call) {
    const type = typeIn(call.parts[0]);
    if (type !== 'deals' && type !== 'tickets') throw invalid(`${type} have no pipelines`);
    const stages = call.crm.portal.stages.filter((stage) => stage.object === type);
    const ids = [...new Set(stages.map((stage) => stage.pipelineId))];
    return ok({
      results: ids.map((id, displayOrder) => ({
        id,
        label: stages.find((stage) => stage.pipelineId === id)!.pipelineLabel,
        displayOrder,
        stages: stages.filter((stage) => stage.pipelineId === id).map(stageAnswer),
        createdAt: '2020-01-01T00:00:00.000Z',
        updatedAt: '2020-01-01T00:00:00.000Z',
        archived: false,
      })),
    });
  },
};

function stageAnswer(stage: PortalStage, displayOrder: number): unknown {
  const metadata =
    stage.object === 'deals'
      ? { isClosed: String(stage.isClosed), probability: stage.probability ?? '0.0' }
      : { ticketState: stage.isClosed ? 'CLOSED' : 'OPEN', isClosed: String(stage.isClosed) };
  return {
    id: stage.stageId,
    label: stage.stageLabel,
    displayOrder,
    metadata,
    createdAt: '2020-01-01T00:00:00.000Z',
    updatedAt: '2020-01-01T00:00:00.000Z',
    archived: false,
  };
}

const details: Route = {
  method: 'GET',
  path: new RegExp(`^/account-info/${VERSION}/details$`),
  pool: 'general',
  scopes: () => [],
  run(call) {
    const { account } = call.crm.portal;
    const offset = offsetOf(account.timeZone, call.crm.now());
    const sign = offset < 0 ? '-' : '+';
    const minutes = Math.abs(offset) / 60_000;
    const pad = (n: number): string => String(Math.floor(n)).padStart(2, '0');
    return ok({
      portalId: account.portalId,
      accountType: 'STANDARD',
      timeZone: account.timeZone,
      companyCurrency: account.companyCurrency,
      additionalCurrencies: account.currencies.map((currency) => currency.code),
      utcOffset: `${sign}${pad(minutes / 60)}:${pad(minutes % 60)}`,
      utcOffsetMilliseconds: offset,
      uiDomain: call.options.hasOwnPages ? `http://${call.host}` : 'app.hubspot.com',
      dataHostingLocation: 'na1',
    });
  },
};

function offsetOf(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)!.value);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - Math.floor(at / 1000) * 1000;
}

const usage: Route = {
  method: 'GET',
  path: new RegExp(`^/account-info/${VERSION}/api-usage/daily/private-apps$`),
  pool: 'general',
  scopes: () => [],
  run(call) {
    return ok({
      results: [
        {
          name: 'private-apps-api-calls-daily',
          usageLimit: call.limits.daily,
          currentUsage: call.limits.usedToday,
          collectedAt: new Date(call.crm.now()).toISOString(),
          fetchStatus: 'SUCCESS',
        },
      ],
    });
  },
};

/** Custom objects only, as at HubSpot: this account has none. */
const schemas: Route = {
  method: 'GET',
  path: new RegExp(`^/crm-object-schemas/${VERSION}/schemas$`),
  pool: 'general',
  scopes: () => [],
  run: () => ok({ results: [] }),
};

const schema: Route = {
  method: 'GET',
  path: new RegExp(`^/crm-object-schemas/${VERSION}/schemas/([^/]+)$`),
  pool: 'general',
  scopes: ({ parts }) => schemaScopes(typeIn(parts[0]), 'read'),
  run(call) {
    const type = typeIn(call.parts[0]);
    const { properties } = call.crm.object(type).catalogue;
    if (properties.size === 0) throw notFound(`No schema of ${type}`);
    return ok({
      id: typeIdOf(type),
      objectTypeId: typeIdOf(type),
      name: type,
      archived: false,
      properties: [...properties.keys()].map((name) => ({ name })),
    });
  },
};

export const accountRoutes: readonly Route[] = [owners, pipelines, details, usage, schemas, schema];
