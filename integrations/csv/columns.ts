import { z } from 'zod';
import { decimalText } from '../../src/lib/decimal.ts';
import { instantOf } from '../../src/lib/instant.ts';

/** How one cell becomes a value. Every message reads on after the column's name. */

export const text = z.string();

export const id = z.string().min(1, 'is empty');

function decimalWithPlaces(scale: number) {
  return z.string().transform((cell, context) => {
    if (cell === '') {
      return null;
    }
    const amount = decimalText(cell, scale);
    if (amount === null) {
      context.addIssue({ code: 'custom', message: 'is not a decimal number like 1234.50' });
      return z.NEVER;
    }
    return amount;
  });
}

export const decimal = decimalWithPlaces(6);

/** An exchange rate: the store keeps twelve places. */
export const rate = decimalWithPlaces(12);

export const instant = z.string().transform((cell, context) => {
  if (cell === '') {
    return null;
  }
  const at = instantOf(cell);
  if (at === null) {
    context.addIssue({ code: 'custom', message: 'is not an instant with a zone like 2026-01-31T09:30:00Z' });
    return z.NEVER;
  }
  return at;
});

export const number = z.string().transform((cell, context) => {
  if (cell === '') {
    return null;
  }
  const value = decimalText(cell);
  if (value === null) {
    context.addIssue({ code: 'custom', message: 'is not a number' });
    return z.NEVER;
  }
  return Number(value);
});

/** What fits the store's 32 bits. */
export const wholeNumber = number.refine(
  (value) => value === null || (Number.isInteger(value) && value >= 0 && value < 2 ** 32),
  'is not a whole number',
);

export const flag = z
  .string()
  .transform((cell) => cell.toLowerCase())
  .pipe(z.enum(['', 'false', 'true'], { error: 'is neither true nor false' }))
  .transform((cell) => cell === 'true');

export const currency = z
  .string()
  .transform((cell) => cell.toUpperCase())
  .refine((cell) => cell === '' || /^[A-Z]{3}$/.test(cell), 'is not a currency code like EUR');
