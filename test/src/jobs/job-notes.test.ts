import { describe, expect, it } from 'vitest';
import {
  deliveryNote,
  hintsNote,
  notInSlackNote,
  playbooksNote,
  reconciliationNote,
  retentionNote,
  runNote,
  subscriptionsNote,
  syncNote,
  thenDelivered,
} from '../../../src/jobs/job-notes.ts';
import { NOTHING_FOUND } from '../../../src/jobs/reconcile-report.ts';
import type { SyncReport } from '../../../src/jobs/sync.ts';

const counts = {
  owners: 0,
  pipelines: 0,
  companies: 1_000,
  contacts: 0,
  products: 0,
  deals: 234,
  line_items: 0,
  tickets: 0,
  engagements: 0,
};
const quiet: SyncReport = {
  counts,
  rejected: 0,
  calls: 12,
  revenue: null,
  seconds: 1,
  backfilled: false,
  lanes: [],
  sweep: null,
};
const lane = (name: 'fast' | 'safe', deals: number) => ({ lane: name, windows: 1, records: { deals }, rejected: 0 });

describe('what came of a job, in both languages', () => {
  it('of a sync: what each lane changed, what was copied, what the sweep found, what it took', () => {
    expect(syncNote(quiet)).toEqual({
      en: 'nothing to do in 12 calls, 0 records unreadable',
      zh: '没有需要处理的内容，共调用 12 次，0 条记录无法读取',
    });
    expect(syncNote({ ...quiet, lanes: [lane('fast', 1), lane('safe', 3)], calls: 1, rejected: 1 })).toEqual({
      en: '1 record changed (fast lane), 3 records changed (safe lane) in 1 call, 1 record unreadable',
      zh: '1 条记录有变化（快速同步），3 条记录有变化（常规同步），共调用 1 次，1 条记录无法读取',
    });
    const sweep = { links: 7, archived: 2, restored: 1 };
    expect(syncNote({ ...quiet, backfilled: true, sweep })).toEqual({
      en: '1,234 records copied, 7 links changed, 2 records archived, 1 restored in 12 calls, 0 records unreadable',
      zh: '已复制 1,234 条记录，7 个关联有变化，2 条记录已归档，1 条记录已恢复，共调用 12 次，0 条记录无法读取',
    });
  });

  it('of a comparison with the CRM: how many were mended, by how, and what revenue differs by', () => {
    const one = { in_crm: 10, in_store: 9, ...NOTHING_FOUND, late: 1 };
    const types = { deals: one, companies: { ...one, archived: 2 } };
    const revenue = {
      currency: 'GBP',
      difference: '1234.50',
      in_crm: '',
      in_store: '',
      deals_in_crm: 0,
      deals_in_store: 0,
    };
    expect(reconciliationNote({ types, revenue })).toEqual({
      en: '2 late, 2 archived, 0 merged, 0 purged, 0 restored; revenue differs by £1,234.50',
      zh: '2 条记录迟到，2 条记录已归档，0 条记录已合并，0 条记录已彻底删除，0 条记录已恢复；营收相差 £1,234.50',
    });
  });

  it('of an analysis and of what a webhook led to', () => {
    expect(runNote({ id: 'r1', asOf: Date.parse('2026-03-09T06:00:00Z') })).toEqual({
      en: 'run r1, as of 2026-03-09T06:00:00.000Z',
      zh: '分析 r1，数据截至 2026-03-09T06:00:00.000Z',
    });
    expect(hintsNote({ read: 3, erased: 1, rescored: 2, told: 1 })).toEqual({
      en: '3 records read again, 1 person forgotten, 2 customers scored again, 1 owner told',
      zh: '重新读取 3 条记录，遗忘 1 人，重新评分 2 位客户，通知 1 位负责人',
    });
  });

  it('of messages: what was made and what became of it, copies of a digest that is gone only where there are any', () => {
    const delivered = deliveryNote({ sent: 2, waiting: 0, refused: 1, uncertain: 0 });
    expect(thenDelivered(playbooksNote(2), delivered)).toEqual({
      en: '2 told; 2 sent, 0 waiting, 1 refused, 0 uncertain',
      zh: '2 条方案提醒已加入发送队列；已发送 2 条，等待发送 0 条，被拒绝 1 条，无法确认是否送达 0 条',
    });
    expect(notInSlackNote(4)).toEqual({
      en: 'Kith is not in Slack: 4 waiting',
      zh: 'Kith 不在 Slack 中：等待发送 4 条',
    });
    expect(subscriptionsNote({ sent: 1, silent: 2, gone: 0 })).toEqual({
      en: '1 copy queued, 2 without news',
      zh: '1 份订阅已加入发送队列，2 份没有新内容',
    });
    const { en, zh } = subscriptionsNote({ sent: 1, silent: 2, gone: 3 });
    expect([en, zh]).toEqual([
      expect.stringMatching(/, 3 to digests that there are not$/),
      expect.stringMatching(/，3 份所订阅的摘要已不存在$/),
    ]);
  });

  it('of what was kept long enough, each kind by its name', () => {
    const gone = { 'message texts': 1, 'learning rows': 2_000, 'score details': 0, requests: 3, questions: 4 };
    expect(retentionNote(gone)).toEqual({
      en: '1 message texts, 2,000 learning rows, 0 score details, 3 requests, 4 questions',
      zh: '已清除：消息内容 1 条，模型特征 2,000 条，评分原因 0 条，请求编号 3 条，提问内容 4 条',
    });
  });
});
