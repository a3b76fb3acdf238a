import { rm } from 'node:fs/promises';
import { startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { readPortalFolder } from '../../../demo/portal/read-portal-folder.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { testCrm } from '../../contracts/test-crm.ts';
import { BAD_DEAL, writeCrmFolder } from '../crm-folder.ts';
import { virtualTime } from './virtual-time.ts';

/** HubSpot's object of each engagement; page views are no objects there. */
const OBJECTS: Readonly<Record<string, string>> = {
  call: 'calls',
  meeting: 'meetings',
  email: 'emails',
  feedback: 'feedback_submissions',
};
const WITH_PRIMARY = ['contacts>companies', 'deals>companies', 'tickets>companies'];

testCrm('HubSpot over HTTP', async () => {
  const folder = await writeCrmFolder();
  const time = virtualTime();
  const server = await startStandInHubspot({
    portal: await readPortalFolder(folder.directory),
    token: 'pat-test',
    limits: { perTenSeconds: 190, searchPerSecond: 5, daily: 250_000 },
    now: time.now,
    // Small enough that the primary link of some record is on its second page.
    associationsPage: 1,
  });
  return {
    crm: await openHubspot({
      accessToken: 'pat-test',
      basePath: server.url,
      engagements: true,
      ...time,
      random: () => 0.5,
    }),
    ids: {
      ...folder.ids,
      engagements: folder.engagements.flatMap(({ id, type }) =>
        OBJECTS[type] === undefined ? [] : [`${OBJECTS[type]}/${id}`],
      ),
    },
    associations: folder.links.flatMap(({ from, fromId, to, toId, engagement }) => {
      if (from === 'engagements') {
        return OBJECTS[engagement] === undefined ? [] : [`${from}>${OBJECTS[engagement]}/${fromId}>${to}>${toId}`];
      }
      return [`${from}>${fromId}>${to}>${toId}${WITH_PRIMARY.includes(`${from}>${to}`) ? ' primary' : ''}`];
    }),
    revenue: folder.revenue,
    rejected: [
      { objectType: 'deals', recordId: BAD_DEAL, place: '/crm/objects/2026-09/deals', reason: 'amount "x12"' },
    ],
    annotate: { type: 'companies', ids: ['1', '2'], unknownId: '4711' },
    close: async () => {
      await server.close();
      await rm(folder.directory, { recursive: true });
    },
  };
});
