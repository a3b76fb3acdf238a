import type { CopiedProperties } from '../src/domain/crm.ts';
import type { OpenCrm } from '../src/ports/crm.ts';
import { openCsvFolder } from './csv/open-csv-folder.ts';
import { type HubspotOptions, openHubspot } from './hubspot/open-hubspot.ts';

/** What each kind of CRM needs to be opened. */
export interface CrmOptions {
  readonly csv: {
    readonly directory: string;
    readonly now?: () => number;
    readonly copied?: (portalId: string) => CopiedProperties;
  };
  readonly hubspot: HubspotOptions;
}
export type CrmKind = keyof CrmOptions;

/** The CRMs that exist, one line each. */
export const crms: { readonly [K in CrmKind]: (options: CrmOptions[K]) => Promise<OpenCrm> } = {
  csv: ({ directory, now, copied }) => openCsvFolder(directory, now, copied),
  hubspot: (options) => openHubspot(options),
};
