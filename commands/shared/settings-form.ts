import { createHash } from 'node:crypto';
import { type Language, say, type Text } from '../../src/lib/text.ts';
import type { FormField, FormValues } from '../../src/report/form.ts';
import type { Report } from '../../src/report/report.ts';
import { type PortalState, portalStateSchema } from '../../src/state/portal-state.ts';
import { settingValue } from '../../src/state/read-setting.ts';
import { SETTINGS, type Setting, type SettingChange } from '../../src/state/settings-table.ts';
import type { CommandContext, KithForm } from '../context.ts';
import { refuseUnlessAdmin } from './refuse-unless-admin.ts';
import { EFFECTS, namedIn, wordsFor } from './settings-report.ts';

/** One setting as a form decides it, in the words that `/kith settings set` takes; null is back to the default. */
export interface SettingDecision {
  /** At which question something wrong with it is shown. */
  readonly field: string;
  readonly key: string;
  readonly words: string | null;
}

/** What a form makes of what was entered. */
export interface SettingsReading {
  readonly problems?: Readonly<Record<string, Text>>;
  readonly decisions: readonly SettingDecision[];
}

/**
 * A form that decides settings, for admins. Nothing is changed unless everything in it is accepted. What was left as the form
 * showed it is not decided, and what others changed since is not overwritten: the form carries a mark of each setting that
 * it shows.
 */
export function settingsForm(form: {
  readonly name: string;
  readonly title: Text;
  readonly intro?: Text;
  fields(language: Language, state: PortalState): readonly FormField[];
  read(entered: FormValues): SettingsReading;
}): KithForm {
  return {
    name: form.name,
    async open(context) {
      refuseUnlessAdmin(context);
      const { language, state } = context;
      const fields = form.fields(language, state);
      return {
        language,
        title: say(language, form.title),
        submit: say(language, { en: 'Save', zh: '保存' }),
        intro: form.intro === undefined ? '' : say(language, form.intro),
        fields,
        value: JSON.stringify(Object.fromEntries(marksOf(fields, form.read))),
      };
    },
    async submit(context, value, entered) {
      refuseUnlessAdmin(context);
      const { language, namesOf, settings, state } = context;
      const { problems: found = {}, decisions } = form.read(entered);
      const problems = Object.fromEntries(Object.entries(found).map(([field, text]) => [field, say(language, text)]));
      const shown = readMarks(value);
      const standing = marksOf(form.fields(language, state), form.read);
      const wanted = decisions
        .filter(({ key, words }) => markOf(words) !== shown.get(key))
        .map((decision) => ({ ...decision, setting: settingOf(decision.key) }));
      for (const { field, key, setting, words } of wanted) {
        const isChanged = shown.has(key) && shown.get(key) !== standing.get(key);
        if (isChanged && markOf(words) !== standing.get(key)) {
          const now = settingValue(state, key);
          const words = wordsFor(language, setting, now, await namesOf(namedIn(now)));
          problems[field] ??= say(language, changedMeanwhile(words));
        }
        if (words === null || settings.preview(setting, words) !== null) continue;
        const { accepts } = setting;
        problems[field] ??= say(language, { en: `Write ${accepts.en}`, zh: `请填写${accepts.zh}` });
      }
      if (Object.keys(problems).length > 0) return { kind: 'refused', problems };
      const changes: SettingChange[] = [];
      for (const { setting, words } of wanted) {
        const change = words === null ? await settings.reset(setting) : await settings.set(setting, words);
        if (change !== null && !isSame(change.before, change.after)) changes.push(change);
      }
      return { kind: 'done', report: await changedReport(context, changes), changesHome: true };
    },
  };
}

/** By the settings' keys, a mark of what a form decides when nobody touches it. */
function marksOf(
  fields: readonly FormField[],
  read: (entered: FormValues) => SettingsReading,
): ReadonlyMap<string, string> {
  const entered = fields.map(({ name, value = '' }) => [name, value === '' ? null : String(value)] as const);
  const { decisions } = read(Object.fromEntries(entered));
  return new Map(decisions.map(({ key, words }) => [key, markOf(words)]));
}

/** Short, whatever was written: a form carries few characters. */
function markOf(words: string | null): string {
  return words === null ? '' : createHash('sha256').update(words).digest('base64url').slice(0, 12);
}

/** None where the form carried none. */
function readMarks(value: string): ReadonlyMap<string, string> {
  try {
    const carried: unknown = JSON.parse(value);
    if (typeof carried !== 'object' || carried === null) return new Map();
    return new Map(Object.entries(carried).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return new Map();
  }
}

function changedMeanwhile(now: string): Text {
  return {
    en: `Somebody else has changed this since you opened the form; it is now: ${now}. Open the form again`,
    zh: `您打开表单后有人修改了此项，现为：${now}。请重新打开表单`,
  };
}

export function settingOf(key: string): Setting {
  return SETTINGS.find((setting) => setting.key === key)!;
}

/** What a setting is now, as a form's question shows it; '' where nobody has decided. */
export function textNow(state: PortalState, key: string): string {
  const value = settingValue(state, key);
  return value === null || value === undefined ? '' : String(value);
}

/** What holds while nobody has decided. */
export const DEFAULTS: PortalState = portalStateSchema.parse({});

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

async function changedReport(
  { language, namesOf }: CommandContext,
  changes: readonly SettingChange[],
): Promise<Report> {
  const nameOf = await namesOf(changes.flatMap(({ before, after }) => [...namedIn(before), ...namedIn(after)]));
  const effects = [...new Set(changes.map(({ setting }) => setting.effect))];
  return {
    language,
    headline: say(
      language,
      changes.length === 0
        ? { en: 'Everything was so already: nothing was changed', zh: '与现有设置相同，未作修改' }
        : {
            en: `${changes.length} ${changes.length === 1 ? 'setting was' : 'settings were'} changed`,
            zh: `已修改 ${changes.length} 项设置`,
          },
    ),
    parts: [
      ...(changes.length === 0
        ? []
        : [
            {
              kind: 'facts' as const,
              facts: changes.map(({ setting, before, after }) => ({
                label: say(language, setting.label),
                value: `${wordsFor(language, setting, before, nameOf)} → ${wordsFor(language, setting, after, nameOf)}`,
              })),
            },
          ]),
      ...effects.map((effect) => ({ kind: 'text' as const, text: say(language, EFFECTS[effect]) })),
    ],
    trust: '',
  };
}
