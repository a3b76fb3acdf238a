import { say, type Text } from '../src/lib/text.ts';
import { DEFAULTS, settingsForm } from './shared/settings-form.ts';

const PLACES = ['lowest', 'second', 'third', 'highest'] as const;
const LONGEST = 30;

const LABELS: Readonly<Record<(typeof PLACES)[number], Text>> = {
  lowest: { en: 'Lowest tier', zh: '最低等级' },
  second: { en: 'Second tier', zh: '第二等级' },
  third: { en: 'Third tier', zh: '第三等级' },
  highest: { en: 'Highest tier', zh: '最高等级' },
};

/** What the loyalty tiers are called. */
export const setTierNames = settingsForm({
  name: 'set-tier-names',
  title: { en: 'Names of the tiers', zh: '忠诚度等级名称' },
  fields: (language, { tierNames }) =>
    PLACES.map((place, at) => ({
      kind: 'text',
      name: place,
      label: say(language, LABELS[place]),
      value: tierNames[at] ?? '',
      hint: DEFAULTS.tierNames[at] ?? '',
      most: LONGEST,
    })),
  read(entered) {
    const names = PLACES.map((place) => (entered[place] ?? '').trim());
    const problems: Record<string, Text> = {};
    for (const [at, name] of names.entries()) {
      const place = PLACES[at]!;
      if (name === '') problems[place] = { en: 'Give it a name', zh: '请填写名称' };
      else if (!NAME.test(name) || name.length > LONGEST) {
        problems[place] = {
          en: `At most ${LONGEST} characters on one line, without commas, = or quotation marks`,
          zh: `最多 ${LONGEST} 个字符，不含逗号、= 或引号`,
        };
      } else if (names.indexOf(name) < at) {
        problems[place] = { en: 'Another tier has this name', zh: '与其他等级重名' };
      }
    }
    if (Object.keys(problems).length > 0) return { problems, decisions: [] };
    return { decisions: [{ field: 'lowest', key: 'tierNames', words: names.join(', ') }] };
  },
});

/** What is written between commas and read back the same. */
const NAME = /^[^,，、="'“”‘’\p{Cc}\p{Cf}\p{Cs}]+$/u;
