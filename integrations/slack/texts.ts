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
  tooMany: {
    en: 'Kith is working on as many questions as it can at once, so this one was not taken up. Ask again in a minute.',
    zh: 'Kith 正在处理的问题已达上限，因此没有受理此问题。请一分钟后再问。',
  },
  failed: {
    en: 'Kith could not answer because something failed on its side. Try again in a minute; if it happens again, tell whoever looks after Kith.',
    zh: 'Kith 内部出现故障，未能回答。请一分钟后再试；若再次出现，请告知 Kith 的管理员。',
  },
  couldNot: {
    en: 'Kith could not do this: ',
    zh: 'Kith 无法完成：',
  },
  reference: {
    en: 'Reference',
    zh: '参考编号',
  },
  askedBefore: {
    en: 'Kith was restarted while it worked on this. If no answer came, ask again.',
    zh: 'Kith 在处理此请求时重新启动。若没有收到答案，请再问一次。',
  },
  oldButton: {
    en: 'This button comes from another version of Kith and does nothing any more. Ask again for a message with new buttons: /kith help lists what there is.',
    zh: '这个按钮来自另一个版本的 Kith，已不再有效。请重新提问以获得带有新按钮的消息：/kith help 列出所有命令。',
  },
  didYouMean: {
    en: 'Did you mean',
    zh: '您是不是想输入',
  },
  noSuchCommand: {
    en: 'Kith has no command',
    zh: 'Kith 没有命令',
  },
  helpListsAll: {
    en: '/kith help lists all of them.',
    zh: '/kith help 列出所有命令。',
  },
  oneMoment: {
    en: 'One moment…',
    zh: '请稍候…',
  },
  tooLate: {
    en: 'Slack closed the way to this form before Kith could open it. Click again.',
    zh: '在 Kith 打开表单之前，Slack 已关闭了通道。请再点击一次。',
  },
  done: {
    en: 'Done.',
    zh: '已完成。',
  },
  notTaken: {
    en: 'Nothing was changed:',
    zh: '未作任何更改：',
  },
  cancel: {
    en: 'Cancel',
    zh: '取消',
  },
  close: {
    en: 'Close',
    zh: '关闭',
  },
  askTitle: {
    en: 'Ask Kith',
    zh: '询问 Kith',
  },
  askLabel: {
    en: 'What would you like to know?',
    zh: '您想了解什么？',
  },
  askHint: {
    en: 'For example: which of my customers went quiet? The answer comes as a direct message.',
    zh: '例如：我的哪些客户最近没有动静？答案会以私信发送。',
  },
  fileUnread: {
    en: 'Kith does not open files: this is the answer to your words alone.',
    zh: 'Kith 不会打开文件：以上仅回答您写的文字。',
  },
  onlyFile: {
    en: 'Kith does not open files. Write what you would like to know, for example: which of my customers went quiet?',
    zh: 'Kith 不会打开文件。请直接写下您想了解的内容，例如：我的哪些客户最近没有动静？',
  },
  ask: {
    en: 'Ask',
    zh: '提问',
  },
} as const satisfies Record<string, Text>;
