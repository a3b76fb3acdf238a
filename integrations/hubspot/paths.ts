/** The one place that knows HubSpot's paths and the version of its API that they belong to. */
const VERSION = '2026-09';

export const paths = {
  objects: (type: string) => `/crm/objects/${VERSION}/${type}`,
  batch: (type: string, verb: 'read' | 'update') => `/crm/objects/${VERSION}/${type}/batch/${verb}`,
  search: (type: string) => `/crm/objects/${VERSION}/${type}/search`,
  associations: (from: string, to: string) => `/crm/associations/${VERSION}/${from}/${to}/batch/read`,
  properties: (type: string) => `/crm/properties/${VERSION}/${type}`,
  propertyGroups: (type: string) => `/crm/properties/${VERSION}/${type}/groups`,
  owners: `/crm/owners/${VERSION}`,
  pipelines: (type: string) => `/crm/pipelines/${VERSION}/${type}`,
  account: `/account-info/${VERSION}/details`,
} as const;

/** HubSpot's own limits on one call. */
export const LIST_PAGE = 100;
export const BATCH_INPUTS = 100;
export const ASSOCIATION_INPUTS = 1000;
