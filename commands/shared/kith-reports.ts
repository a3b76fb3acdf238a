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
