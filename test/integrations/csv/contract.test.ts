import { rm } from 'node:fs/promises';
import { openCsvFolder } from '../../../integrations/csv/open-csv-folder.ts';
import { testCrm } from '../../contracts/test-crm.ts';
import { BAD_DEAL, writeCrmFolder } from '../crm-folder.ts';

testCrm('A folder of export files', async () => {
  const folder = await writeCrmFolder();
  return {
    crm: await openCsvFolder(folder.directory, () => Date.UTC(2026, 0, 1)),
    ids: { ...folder.ids, engagements: folder.engagements.map(({ id }) => id) },
    associations: folder.links.map(({ from, fromId, to, toId }) => `${from}>${fromId}>${to}>${toId} primary`),
    revenue: folder.revenue,
    rejected: [{ objectType: 'deals', recordId: BAD_DEAL, place: 'deals.csv:3', reason: 'amount "x12"' }],
    annotate: { type: 'companies', ids: ['1', '2'], unknownId: '4711' },
    close: () => rm(folder.directory, { recursive: true }),
  };
});
