import { decimalText } from '../../src/lib/decimal.ts';
import { instantOf } from '../../src/lib/instant.ts';

/** Why a cell cannot be read; reads on after the column's name. */
export class Unreadable {
  readonly problem: string;

  constructor(problem: string) {
    this.problem = problem;
  }
}

/**
 * How one cell becomes a value. A function and no schema: a folder has millions of cells, and a schema makes about a kilobyte of
 * objects of each (docs/decisions/0011-cells-are-read-by-functions.md).
 */
export type Column<Value> = (cell: string) => Value | Unreadable;

const EMPTY = new Unreadable('is empty');
const NO_DECIMAL = new Unreadable('is not a decimal number like 1234.50');
const NO_NUMBER = new Unreadable('is not a number');
const NO_WHOLE_NUMBER = new Unreadable('is not a whole number');
const NO_INSTANT = new Unreadable('is not an instant with a zone like 2026-01-31T09:30:00Z');
const NO_FLAG = new Unreadable('is neither true nor false');
const NO_CURRENCY = new Unreadable('is not a currency code like EUR');

export const text: Column<string> = (cell) => cell;

export const id: Column<string> = (cell) => (cell === '' ? EMPTY : cell);

/** The column, and null for an empty cell. */
function orNull<Value>(column: Column<Value>): Column<Value | null> {
  return (cell) => (cell === '' ? null : column(cell));
}

export const decimal = orNull((cell) => decimalText(cell) ?? NO_DECIMAL);

/** An exchange rate: the store keeps twelve places. */
export const rate = orNull((cell) => decimalText(cell, 12) ?? NO_DECIMAL);

/** Of an instant that may be missing and of one that may not. */
export const instant = orNull((cell) => instantOf(cell) ?? NO_INSTANT);
export const anyInstant: Column<number> = (cell) => (cell === '' ? EMPTY : (instantOf(cell) ?? NO_INSTANT));

export const number = orNull((cell) => {
  const value = decimalText(cell);
  return value === null ? NO_NUMBER : Number(value);
});

/** A number that is null or as `isRight` wants it. */
export function numberThat(isRight: (value: number) => boolean, wrong: Unreadable): Column<number | null> {
  return (cell) => {
    const value = number(cell);
    return typeof value !== 'number' || isRight(value) ? value : wrong;
  };
}

/** What fits the store's 32 bits. */
export const wholeNumber = numberThat(
  (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32,
  NO_WHOLE_NUMBER,
);

export const flag: Column<boolean> = (cell) => {
  const word = cell.toLowerCase();
  return word === '' || word === 'false' ? false : word === 'true' ? true : NO_FLAG;
};

export const currency: Column<string> = (cell) => {
  const code = cell.toUpperCase();
  return code === '' || /^[A-Z]{3}$/.test(code) ? code : NO_CURRENCY;
};

export function oneOf<const Word extends string>(words: readonly Word[], problem: string): Column<Word> {
  const none = new Unreadable(problem);
  return (cell) => words.find((word) => word === cell) ?? none;
}
