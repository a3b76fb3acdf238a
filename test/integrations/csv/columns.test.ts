import { describe, expect, it } from 'vitest';
import {
  anyInstant,
  type Column,
  currency,
  decimal,
  flag,
  id,
  instant,
  number,
  numberThat,
  oneOf,
  rate,
  text,
  Unreadable,
  wholeNumber,
} from '../../../integrations/csv/columns.ts';

const AT = Date.UTC(2026, 0, 31, 9, 30);
const NO_DECIMAL = 'is not a decimal number like 1234.50';
const NO_INSTANT = 'is not an instant with a zone like 2026-01-31T09:30:00Z';

/** A cell, and its value or what is wrong with it. */
const READ: readonly (readonly [string, Column<unknown>, readonly (readonly [string, unknown])[]])[] = [
  [
    'text',
    text,
    [
      ['', ''],
      ['a, b', 'a, b'],
    ],
  ],
  [
    'id',
    id,
    [
      ['7', '7'],
      ['', new Unreadable('is empty')],
    ],
  ],
  [
    'decimal',
    decimal,
    [
      ['', null],
      ['-3.50', '-3.50'],
      ['1.0E7', '10000000'],
      ['0.1234567', '0.123457'],
      ['12 EUR', new Unreadable(NO_DECIMAL)],
    ],
  ],
  [
    'rate',
    rate,
    [
      ['', null],
      ['1.07', '1.07'],
      ['0.123456789012', '0.123456789012'],
      ['0.1234567890123', '0.123456789012'],
      ['x', new Unreadable(NO_DECIMAL)],
    ],
  ],
  [
    'instant',
    instant,
    [
      ['', null],
      ['2026-01-31T09:30:00Z', AT],
      ['31.01.2026', new Unreadable(NO_INSTANT)],
    ],
  ],
  [
    'anyInstant',
    anyInstant,
    [
      ['', new Unreadable('is empty')],
      ['2026-01-31T09:30:00Z', AT],
      ['x', new Unreadable(NO_INSTANT)],
    ],
  ],
  [
    'number',
    number,
    [
      ['', null],
      ['4.5', 4.5],
      ['four', new Unreadable('is not a number')],
    ],
  ],
  [
    'wholeNumber',
    wholeNumber,
    [
      ['', null],
      ['0', 0],
      ['4294967295', 4294967295],
      ['4294967296', new Unreadable('is not a whole number')],
      ['-1', new Unreadable('is not a whole number')],
      ['1.5', new Unreadable('is not a whole number')],
      ['x', new Unreadable('is not a number')],
    ],
  ],
  [
    'numberThat',
    numberThat((p) => p <= 1, new Unreadable('is above 1')),
    [
      ['', null],
      ['1', 1],
      ['1.1', new Unreadable('is above 1')],
      ['x', new Unreadable('is not a number')],
    ],
  ],
  [
    'flag',
    flag,
    [
      ['', false],
      ['FALSE', false],
      ['True', true],
      ['yes', new Unreadable('is neither true nor false')],
    ],
  ],
  [
    'currency',
    currency,
    [
      ['', ''],
      ['eur', 'EUR'],
      ['euros', new Unreadable('is not a currency code like EUR')],
    ],
  ],
  [
    'oneOf',
    oneOf(['call', 'email'], 'is no way to talk'),
    [
      ['call', 'call'],
      ['', new Unreadable('is no way to talk')],
      ['Call', new Unreadable('is no way to talk')],
    ],
  ],
];

describe('a cell', () => {
  it.each(READ.flatMap(([name, column, cells]) => cells.map(([cell, value]) => ({ name, cell, value, column }))))(
    'of $name: "$cell"',
    ({ column, cell, value }) => {
      expect(column(cell)).toEqual(value);
    },
  );
});
