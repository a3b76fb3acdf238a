import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GenerateOptions, generatePortal } from '../../../demo/portal/generate-portal.ts';
import type { PlantedTruths } from '../../../demo/portal/planted-truths.ts';
import { writePortalFolder } from '../../../demo/portal/write-portal-folder.ts';
import { openCsvFolder } from '../../../integrations/csv/open-csv-folder.ts';
import { chooseHorizon } from '../../../src/analyses/choose-horizon.ts';
import type { ChurnInput } from '../../../src/analyses/churn-input.ts';
import { churnRisk } from '../../../src/analyses/churn-risk.ts';
import type { Instant } from '../../../src/domain/crm.ts';
import type { Portfolio } from '../../../src/domain/results.ts';
import { chooseUnit } from '../../../src/features/customer-unit.ts';
import { readPurchaseHistory } from '../../../src/features/purchase-history.ts';
import { buildWonDeals } from '../../../src/features/won-deals.ts';
import { zonedDay } from '../../../src/features/zoned-day.ts';
import { sync } from '../../../src/jobs/sync.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { Store } from '../../../src/store/portal-store.ts';
import type { AnalysedPortal } from '../../contracts/test-analysis.ts';

/** Portals copied from folders into one store, each as a run has it when its analyses read. */
export interface CopiedPortals {
  copy(folder: string, asOf?: Instant): Promise<AnalysedPortal>;
  /** A generated portal, with what `/churn-risk` reads of it. */
  generated(options: GenerateOptions): Promise<AnalysedPortal & { truths: PlantedTruths; churn: ChurnInput }>;
  close(): Promise<void>;
}

export async function openCopiedPortals(): Promise<CopiedPortals> {
  const root = mkdtempSync(join(tmpdir(), 'kith-copied-'));
  const store: Store = await openStore({ dataDir: join(root, 'data'), keys: parseIdentityKeys(newIdentityKey()) });
  const settings = portalStateSchema.parse({});
  let made = 0;
  const copy = async (folder: string, asOf?: Instant): Promise<AnalysedPortal> => {
    const { source } = await openCsvFolder(folder);
    const { portalId, timeZone, currency } = await source.account();
    const portal = await store.portal(portalId);
    await sync({ source, portal, progress: { update: () => undefined }, now: () => 0, full: true });
    await source.close();
    const shared = {
      unit: await chooseUnit(portal),
      timeZone,
      currency,
      asOf: asOf ?? (await portal.crm.lastEventAt())!,
      seed: 2011,
    };
    await buildWonDeals(portal, shared);
    const history = await readPurchaseHistory(portal);
    const portfolio: Portfolio = {
      ...shared,
      horizonDays: chooseHorizon(history, zonedDay(shared.asOf, timeZone)),
    };
    return { portal, portfolio, settings };
  };
  return {
    copy,
    async generated(options) {
      const { portal, truths } = generatePortal(options);
      const folder = join(root, `made-up-${made++}`);
      await writePortalFolder(portal, truths, folder);
      const copied = await copy(folder, Date.parse(truths.asOf));
      rmSync(folder, { recursive: true });
      // What the analysis itself reads.
      const churn = (await churnRisk.read({ ...copied, previous: null })) as ChurnInput;
      return { ...copied, truths, churn };
    },
    async close() {
      await store.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
