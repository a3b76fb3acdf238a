import { type Language, say, type Text } from '../../src/lib/text.ts';
import type { JobStatus } from '../../src/ports/system-status.ts';

/** How the last run of a scheduled job went, and what it noted. */
export function lastRunText(
  language: Language,
  { outcome, note, isStuck, overlaps }: Pick<JobStatus, 'outcome' | 'note' | 'isStuck' | 'overlaps'>,
): string {
  const came = say(language, OUTCOMES[outcome]);
  const due: Text = {
    en: `due ${overlaps === 1 ? 'once' : `${overlaps} times`} meanwhile`,
    zh: `期间到期 ${overlaps} 次`,
  };
  return [
    note.en === '' ? came : say(language, { en: `${came}: ${note.en}`, zh: `${came}：${note.zh}` }),
    ...(isStuck ? [say(language, STUCK)] : []),
    ...(overlaps > 0 ? [say(language, due)] : []),
  ].join(say(language, { en: '; ', zh: '；' }));
}

const STUCK: Text = {
  en: 'it has not ended yet and cannot run again before: restart Kith if it does not',
  zh: '它仍未结束，结束前无法再次运行：若一直不结束，请重启 Kith',
};

const OUTCOMES: Readonly<Record<JobStatus['outcome'], Text>> = {
  never: { en: 'never', zh: '从未' },
  running: { en: 'running', zh: '运行中' },
  done: { en: 'done', zh: '完成' },
  failed: { en: 'failed', zh: '失败' },
  'timed-out': { en: 'timed out', zh: '超时' },
  stopped: { en: 'stopped', zh: '已停止' },
  interrupted: { en: 'interrupted', zh: '中断' },
};
