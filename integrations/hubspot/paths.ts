/** The one place that knows HubSpot's paths and the version of its API that they belong to. */
const VERSION = '2026-09';
/** OAuth's own; it has no later one. */
const OAUTH_VERSION = '2026-03';

export const paths = {
  objects: (type: string) => `/crm/objects/${VERSION}/${type}`,
  batch: (type: string, verb: 'read' | 'update') => `/crm/objects/${VERSION}/${type}/batch/${verb}`,
  search: (type: string) => `/crm/objects/${VERSION}/${type}/search`,
  associations: (from: string, to: string) => `/crm/associations/${VERSION}/${from}/${to}/batch/read`,
  properties: (type: string) => `/crm/properties/${VERSION}/${type}`,
  property: (type: string, name: string) => `/crm/properties/${VERSION}/${type}/${name}`,
  propertyGroups: (type: string) => `/crm/properties/${VERSION}/${type}/groups`,
  owners: `/crm/owners/${VERSION}`,
  pipelines: (type: string) => `/crm/pipelines/${VERSION}/${type}`,
  usage: `/account-info/${VERSION}/api-usage/daily/private-apps`,
  account: `/account-info/${VERSION}/details`,
  token: `/oauth/${OAUTH_VERSION}/token`,
  introspect: `/oauth/${OAUTH_VERSION}/token/introspect`,
  revoke: `/oauth/${OAUTH_VERSION}/token/revoke`,
  dailyUsage: `/account-info/${VERSION}/api-usage/daily/private-apps`,
} as const;

/** HubSpot's own limits on one call. */
export const LIST_PAGE = 100;
export const SEARCH_PAGE = 200;
/** How far an answer to a search can be paged into. */
export const SEARCH_DEPTH = 10_000;
export const BATCH_INPUTS = 100;
/** With the properties' history. */
export const HISTORY_INPUTS = 50;
export const ASSOCIATION_INPUTS = 1000;
