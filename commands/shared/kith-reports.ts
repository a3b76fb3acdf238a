import type { Report } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';
import { healthReport } from './health-report.ts';
import { peopleReport } from './people-report.ts';
import { playbookReport } from './playbook-reports.ts';
import { privacyReport } from './privacy-report.ts';
import { rfmReport } from './rfm-report.ts';
import { settingsReport } from './settings-report.ts';
import { subscribeReport } from './subscribe-report.ts';

/** The reports under `/kith`, by what is typed; null for anything else. */
export function kithReport(context: CommandContext, wanted: string, typed: string): Promise<Report> | null {
  const [word = '', ...rest] = wanted.split(' ');
  // A playbook's text keeps its capitals.
  if (PLAYBOOK_WORDS.includes(word)) return playbookReport(context, typed.slice(word.length).trim());
  // So does a setting's value.
  if (word === 'settings' || word === '设置') return settingsReport(context, typed.slice(word.length).trim());
  if (word === 'people' || word === '人员') return peopleReport(context, typed.slice(word.length).trim());
  if (word === 'subscribe' || word === '订阅') return subscribeReport(context, typed.slice(word.length).trim());
  if (rest.length === 0 && (word === 'privacy' || word === '隐私')) return privacyReport(context);
  if (rest.length === 0 && (word === 'health' || word === '健康')) return healthReport(context);
  return word === 'rfm' ? rfmReport(context, rest.join(' ')) : null;
}

const PLAYBOOK_WORDS: readonly string[] = ['playbook', 'playbooks', '方案'];

/** What only tells something, of all that may be typed after `/kith`. */
const READING: readonly RegExp[] = [
  /^(?:help|帮助|status|状态|doctor|诊断|health|健康|privacy|隐私|people|人员|subscribe|订阅)?$/u,
  /^rfm(?: (?:(?:preview|预览) .+|derive|推导))?$/u,
  /^(?:playbooks?|方案)(?: (?:list|列表|outcomes?|结果)(?: .+)?| (?:show|查看|who|名单) .+)?$/u,
  /^(?:settings|设置)(?: (?:preview|预览) .+)?$/u,
];

/** Whether a text typed after `/kith` changes nothing; what is not known is taken to change something. */
export function kithOnlyReads(typed: string): boolean {
  return READING.some((words) => words.test(typed.toLowerCase()));
}

/** The words that one of them begins with. */
const WORDS: readonly string[] = [
  ...[
    'help',
    '帮助',
    'status',
    '状态',
    'doctor',
    '诊断',
    'health',
    '健康',
    'privacy',
    '隐私',
    'rfm',
    ...PLAYBOOK_WORDS,
  ],
  ...['settings', '设置', 'people', '人员', 'subscribe', '订阅'],
];

/** Whether a text may stand after `/kith`. */
export function isKithText(typed: string): boolean {
  return WORDS.includes(typed.split(' ')[0]!.toLowerCase());
}
