import { joinTexts, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, plural } from '../report/format.ts';
import type { DeliverReport } from './deliver.ts';
import type { HintReport } from './follow-hints.ts';
import { MENDED_CLASSES, type ReconciliationReport } from './reconcile-report.ts';
import { RETAINED, type Retained } from './retention.ts';
import type { SubscriptionsReport } from './send-subscriptions.ts';
import type { SyncReport } from './sync.ts';
import type { LaneFigures } from './sync-lanes.ts';

const LISTED: Text = { en: ', ', zh: '，' };

/** What came of a job, and of the delivery that it asked for afterwards. */
export function thenDelivered(note: Text, delivered: Text): Text {
  return joinTexts([note, delivered], { en: '; ', zh: '；' });
}

const LANES: Readonly<Record<LaneFigures['lane'], Text>> = {
  fast: { en: 'fast lane', zh: '快速同步' },
  safe: { en: 'safe lane', zh: '常规同步' },
};

export function syncNote({ counts, calls, rejected, lanes, sweep, backfilled }: SyncReport): Text {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const done = lanes.map(({ lane, records }) => {
    const changed = recordsOf(sum(Object.values(records)));
    return {
      en: `${changed.en} changed (${LANES[lane].en})`,
      zh: `${changed.zh}有变化（${LANES[lane].zh}）`,
    };
  });
  if (backfilled) {
    const copied = recordsOf(sum(Object.values(counts)));
    done.push({ en: `${copied.en} copied`, zh: `已复制 ${copied.zh}` });
  }
  if (sweep !== null) {
    const archived = recordsOf(sweep.archived);
    done.push({
      en: `${counted(sweep.links, 'link', 'links')} changed, ${archived.en} archived, ${formatCount('en', sweep.restored)} restored`,
      zh: `${formatCount('zh', sweep.links)} 个关联有变化，${archived.zh}已归档，${recordsOf(sweep.restored).zh}已恢复`,
    });
  }
  const what = done.length === 0 ? NOTHING_TO_DO : joinTexts(done, LISTED);
  const unreadable = recordsOf(rejected);
  return {
    en: `${what.en} in ${counted(calls, 'call', 'calls')}, ${unreadable.en} unreadable`,
    zh: `${what.zh}，共调用 ${formatCount('zh', calls)} 次，${unreadable.zh}无法读取`,
  };
}

const NOTHING_TO_DO: Text = { en: 'nothing to do', zh: '没有需要处理的内容' };

const MENDED: Readonly<Record<(typeof MENDED_CLASSES)[number], Text>> = {
  late: { en: 'late', zh: '迟到' },
  archived: { en: 'archived', zh: '已归档' },
  merged: { en: 'merged', zh: '已合并' },
  purged: { en: 'purged', zh: '已彻底删除' },
  restored: { en: 'restored', zh: '已恢复' },
};

export function reconciliationNote({ types, revenue }: Pick<ReconciliationReport, 'types' | 'revenue'>): Text {
  const mended = MENDED_CLASSES.map((name): Text => {
    const records = Object.values(types).reduce((total, type) => total + type[name], 0);
    return { en: `${formatCount('en', records)} ${MENDED[name].en}`, zh: `${recordsOf(records).zh}${MENDED[name].zh}` };
  });
  const found = joinTexts(mended, LISTED);
  const { difference, currency } = revenue;
  return {
    en: `${found.en}; revenue differs by ${formatMoney('en', difference, currency, { exact: true })}`,
    zh: `${found.zh}；营收相差 ${formatMoney('zh', difference, currency, { exact: true })}`,
  };
}

export function runNote({ id, asOf }: { readonly id: string; readonly asOf: number }): Text {
  const instant = new Date(asOf).toISOString();
  return { en: `run ${id}, as of ${instant}`, zh: `分析 ${id}，数据截至 ${instant}` };
}

export function hintsNote({ read, erased, rescored, told }: HintReport): Text {
  return {
    en: `${recordsOf(read).en} read again, ${counted(erased, 'person', 'people')} forgotten, ${counted(rescored, 'customer', 'customers')} scored again, ${counted(told, 'owner', 'owners')} told`,
    zh: `重新读取 ${recordsOf(read).zh}，遗忘 ${formatCount('zh', erased)} 人，重新评分 ${formatCount('zh', rescored)} 位客户，通知 ${formatCount('zh', told)} 位负责人`,
  };
}

export function subscriptionsNote({ sent, silent, gone }: SubscriptionsReport): Text {
  const copies: Text = {
    en: `${counted(sent, 'copy', 'copies')} queued, ${formatCount('en', silent)} without news`,
    zh: `${formatCount('zh', sent)} 份订阅已加入发送队列，${formatCount('zh', silent)} 份没有新内容`,
  };
  if (gone === 0) return copies;
  const ended: Text = {
    en: `${formatCount('en', gone)} to digests that there are not`,
    zh: `${formatCount('zh', gone)} 份所订阅的摘要已不存在`,
  };
  return joinTexts([copies, ended], LISTED);
}

export function playbooksNote(told: number): Text {
  return { en: `${formatCount('en', told)} told`, zh: `${formatCount('zh', told)} 条方案提醒已加入发送队列` };
}

export function deliveryNote({ sent, waiting, refused, uncertain }: DeliverReport): Text {
  return {
    en: `${formatCount('en', sent)} sent, ${formatCount('en', waiting)} waiting, ${formatCount('en', refused)} refused, ${formatCount('en', uncertain)} uncertain`,
    zh: `已发送 ${messagesZh(sent)}，等待发送 ${messagesZh(waiting)}，被拒绝 ${messagesZh(refused)}，无法确认是否送达 ${messagesZh(uncertain)}`,
  };
}

export function notInSlackNote(waiting: number): Text {
  return {
    en: `Kith is not in Slack: ${formatCount('en', waiting)} waiting`,
    zh: `Kith 不在 Slack 中：等待发送 ${messagesZh(waiting)}`,
  };
}

/** Rows that went, by what they were. */
export function retentionNote(gone: Readonly<Record<Retained, number>>): Text {
  const rows = Object.entries(RETAINED).map(([name, { en, zh }]): Text => {
    const count = gone[name as Retained]; // the keys of a record by it
    return { en: `${formatCount('en', count)} ${en}`, zh: `${zh} ${formatCount('zh', count)} 条` };
  });
  const all = joinTexts(rows, LISTED);
  return { en: all.en, zh: `已清除：${all.zh}` };
}

const messagesZh = (count: number): string => `${formatCount('zh', count)} 条`;

const recordsOf = (count: number): Text => ({
  en: counted(count, 'record', 'records'),
  zh: `${formatCount('zh', count)} 条记录`,
});

const counted = (count: number, one: string, other: string): string => plural('en', count, { one, other }, '');
