import type { PlaybookView } from '../../src/analyses/playbook-report.ts';
import { say } from '../../src/lib/text.ts';
import type { ReportAction, ReportPart } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';
import { maySave } from './may-save.ts';

type Asked = Pick<CommandContext, 'language' | 'reader' | 'playbooks'>;

/** A terminal has no buttons, and nobody is shown one that would be refused. */
export function canPress({ reader, language }: Pick<CommandContext, 'reader' | 'language'>): boolean {
  return maySave({ reader, language }) && reader.viewer.userId !== 'command-line';
}

export function previewButton(
  { language }: Pick<CommandContext, 'language'>,
  view: PlaybookView,
  label?: string,
): ReportAction {
  const start = say(language, { en: 'Start…', zh: '执行…' });
  return {
    action: 'preview-playbook',
    label: label === undefined ? start : `${start.replace('…', '')} ${label}`.slice(0, 70),
    value: view.target,
  };
}

/** The playbooks of these targets, one line each, with a button to start one: for the answers about the groups themselves. */
export async function playbookParts(asked: Asked, isWanted: (view: PlaybookView) => boolean): Promise<ReportPart[]> {
  const { language } = asked;
  const views = (await asked.playbooks.views()).filter(isWanted);
  if (views.length === 0) return [];
  const lines = views.map((view) => {
    const running = view.running === null ? '' : say(language, { en: ' (running)', zh: '（执行中）' });
    return `${say(language, view.name)}${language === 'zh' ? '：' : ': '}${say(language, view.playbook.text)}${running}`;
  });
  const open = canPress(asked) ? views.filter(({ running }) => running === null).slice(0, 5) : [];
  const actions = open.map((view) =>
    previewButton(asked, view, views.length === 1 ? undefined : say(language, view.name)),
  );
  return [
    {
      kind: 'item',
      title: say(language, { en: views.length === 1 ? 'Playbook' : 'Playbooks', zh: '客群方案' }),
      text: lines.join('\n'),
      ...(actions.length === 0 ? {} : { actions }),
    },
  ];
}
