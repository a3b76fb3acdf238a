import { expect, it } from 'vitest';
import { createJobRecords, type JobRecord } from '../../../src/jobs/job.ts';
import { withStore } from '../store/with-store.ts';

const store = withStore();

it('the last run of a job is kept with what came of it in every language, also where an earlier version noted English alone', async () => {
  const portal = await store.portal('job-records');
  const records = createJobRecords(portal);
  expect(await records.last('sync')).toBeNull();
  const earlier = { name: 'sync', startedAt: 1_000, finishedAt: 1_500, outcome: 'done', note: '3 records copied' };
  await portal.crm.saveCursor('job:sync', JSON.stringify(earlier));
  expect(await records.last('sync')).toEqual({ ...earlier, note: { en: '3 records copied', zh: '3 records copied' } });
  const now: JobRecord = {
    name: 'sync',
    startedAt: 2_000,
    finishedAt: 2_500,
    outcome: 'done',
    note: { en: '4 records copied', zh: '已复制 4 条记录' },
  };
  await records.save(now);
  expect(await createJobRecords(portal).last('sync')).toEqual(now);
});
