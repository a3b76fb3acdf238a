import { decimalText } from '../../src/lib/decimal.ts';
import { instantOf } from '../../src/lib/instant.ts';
import { wellFormed } from '../../src/lib/well-formed.ts';
import type { HubspotRecord } from './schemas.ts';

/** Says which property is wrong; the record is set aside with this reason. */
export class UnreadableProperty extends Error {}

/** A record's properties, read one by one. */
export interface Reading {
  text(name: string): string;
  amount(name: string, scale?: number): string | null;
  number(name: string): number | null;
  instant(name: string): number | null;
  flag(name: string): boolean | null;
}

export function reading(properties: HubspotRecord['properties']): Reading {
  const text = (name: string) => wellFormed(properties[name] ?? '');
  const amount = (name: string, scale?: number) => {
    const value = text(name).trim();
    const decimal = value === '' ? null : decimalText(value, scale);
    if (decimal === null && value !== '') {
      throw new UnreadableProperty(`${name} ${shown(value)} is not a decimal number`);
    }
    return decimal;
  };
  return {
    text,
    amount,
    number: (name) => {
      const value = amount(name);
      return value === null ? null : Number(value);
    },
    instant: (name) => {
      const value = text(name).trim();
      const at = value === '' ? null : instantOf(value);
      if (at === null && value !== '') {
        throw new UnreadableProperty(`${name} ${shown(value)} is not an instant`);
      }
      return at;
    },
    flag: (name) => (text(name) === '' ? null : text(name) === 'true'),
  };
}

/** A short value as it is; a long one, or one that may say who somebody is, by its length. */
function shown(value: string): string {
  return value.length <= 40 && !value.includes('@') ? `"${value}"` : `of ${value.length} characters`;
}

/** What every record has. */
export function baseOf(raw: { id: string; updatedAt?: string | undefined; archived?: boolean | undefined }) {
  return { id: raw.id, updatedAt: instantOrNull(raw.updatedAt) ?? 0, archived: raw.archived ?? false, extra: {} };
}

export function instantOrNull(text: string | undefined): number | null {
  return text === undefined ? null : instantOf(text);
}
