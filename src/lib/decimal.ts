import { Decimal } from 'decimal.js';

/** Digits before the point that a Decimal(38, 6) column holds. */
const MAX_INTEGER_DIGITS = 32;
const PLAIN_PLACES = 6;
const PLAIN = /^-?\d{1,32}(?:\.\d{1,6})?$/;
const NUMERIC = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/** Wide enough that nothing is rounded but where we say so. */
const Exact = Decimal.clone({ precision: 100, toExpNeg: -200, toExpPos: 200, rounding: Decimal.ROUND_HALF_EVEN });

/**
 * A number as a CRM writes it ('12', '-3.50', '1.0E7') as plain decimal text with at most `scale` places (further ones are
 * rounded half to even). Null when it is not a number or has more than 32 digits before the point.
 */
export function decimalText(text: string, scale = 6): string | null {
  if (scale >= PLAIN_PLACES && PLAIN.test(text)) {
    return text;
  }
  if (!NUMERIC.test(text)) {
    return null;
  }
  const number = new Exact(text).toDecimalPlaces(scale);
  return number.abs().gte(new Exact(10).pow(MAX_INTEGER_DIGITS)) ? null : number.toFixed();
}
