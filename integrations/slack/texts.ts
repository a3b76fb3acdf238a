import type { Text } from '../../src/lib/text.ts';

/** What Slack's side of Kith says by itself; answers come from commands/. */
export const TEXTS = {
  stopping: {
    en: 'Kith is being restarted. Ask again in a minute.',
    zh: 'Kith 正在重启，请一分钟后再试。',
  },
  stillWorking: {
    en: 'Still working on it…',
    zh: '仍在处理中…',
  },
  failed: {
    en: 'Kith could not answer because something failed on its side. Try again in a minute; if it happens again, tell whoever looks after Kith.',
    zh: 'Kith 内部出现故障，未能回答。请一分钟后再试；若再次出现，请告知 Kith 的管理员。',
  },
  couldNot: {
    en: 'Kith could not do this:',
    zh: 'Kith 无法完成：',
  },
  reference: {
    en: 'Reference',
    zh: '参考编号',
  },
} as const satisfies Record<string, Text>;
