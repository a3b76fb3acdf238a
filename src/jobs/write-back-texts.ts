import type { AnalysisProperty } from '../analyses/analysis.ts';
import type { Text } from '../lib/text.ts';
import type { PropertyDrift } from '../ports/crm.ts';
import type { LeftAlone } from './write-back-plan.ts';

export const OBJECTS: Readonly<Record<'companies' | 'contacts', Text>> = {
  companies: { en: 'companies', zh: '家公司' },
  contacts: { en: 'contacts', zh: '位联系人' },
};

/** What a person who watches a plan being made or written reads. */
export const WRITE_BACK_STEP: Text = { en: 'write-back', zh: '写回' };

export const WHY_LEFT: Readonly<Record<LeftAlone['reason'], Text>> = {
  edited: { en: 'changed since Kith wrote it', zh: 'Kith 写入之后被人修改' },
  unknown: { en: 'not known to be from Kith', zh: '无法确认由 Kith 写入' },
};

/** A property as people see it in the CRM. */
export function labelOf(properties: readonly AnalysisProperty[], name: string): string {
  return properties.find((property) => property.name === name)?.label ?? name;
}

/** A value as people see it in the CRM; an en dash where there is none. */
export function valueLabel(properties: readonly AnalysisProperty[], name: string, value: string): string {
  if (value === '') return '–';
  const options = properties.find((property) => property.name === name)?.options ?? [];
  return options.find((option) => option.value === value)?.label ?? value;
}

export function driftText({ property, kind, found }: PropertyDrift): Text {
  return kind === 'type'
    ? {
        en: `Somebody gave ${property} the type ${found} in the CRM, so it is not written: rename or archive it there, and Kith makes its own`,
        zh: `CRM 中的 ${property} 已被改为 ${found} 类型，因此不会写入：请在 CRM 中改名或归档，Kith 会重新创建`,
      }
    : {
        en: `${property} lacks the options ${found} in the CRM; they are added when it is written`,
        zh: `CRM 中的 ${property} 缺少选项 ${found}，写入时会补上`,
      };
}
