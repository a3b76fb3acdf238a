import { say, type Text } from '../src/lib/text.ts';
import { optionsOf, ROLE_NAMES, YES_NO } from './shared/role-names.ts';
import { settingOf, settingsForm } from './shared/settings-form.ts';

const CHOOSE: Text = { en: 'Choose one', zh: '请选择一项' };

const KEYS = ['defaultRole', 'restrictReps', 'namesInMarketing'] as const;

/** Who sees what, where nothing else was decided about a person. */
export const setAccess = settingsForm({
  name: 'set-access',
  title: { en: 'Access policy', zh: '访问权限' },
  intro: {
    en: 'Viewers see customers with people’s names masked; reps their own customers; managers all of them; admins also decide settings.',
    zh: '查看者可查看客户（个人姓名隐藏）；销售代表可查看自己的客户；经理可查看全部客户；管理员还可修改设置。',
  },
  fields: (language, state) =>
    KEYS.map((key) => ({
      kind: 'choice',
      name: key,
      label: say(language, settingOf(key).label),
      options: optionsOf(language, key === 'defaultRole' ? ROLE_NAMES : YES_NO),
      value: key === 'defaultRole' ? state.defaultRole : state[key] ? 'yes' : 'no',
    })),
  read(entered) {
    const missing = KEYS.filter((key) => (entered[key] ?? null) === null);
    return {
      problems: Object.fromEntries(missing.map((key) => [key, CHOOSE])),
      decisions: KEYS.map((key) => ({ field: key, key, words: entered[key] ?? null })),
    };
  },
});
