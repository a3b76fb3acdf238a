import type { RandomSource } from '../../src/math/random.ts';
import { chance, pick, weighted } from './draws.ts';

export interface MadeUpProduct {
  readonly id: string;
  readonly name: string;
  readonly sku: string;
  readonly category: number;
  /** Euro cents. */
  readonly price: number;
  readonly popularity: number;
}

/** Category, its code, its products with their prices in euros. */
const RANGE: readonly (readonly [string, string, number, number])[] = [
  ['Sensors', 'SEN', 85, 1.32],
  ['Controllers', 'CTL', 240, 1.3],
  ['Drives', 'DRV', 390, 1.28],
  ['Cables and connectors', 'CAB', 9, 1.35],
  ['Safety', 'SAF', 60, 1.34],
  ['Service', 'SRV', 120, 1.3],
];

const NAMES: readonly (readonly string[])[] = [
  [
    'Temperature probe',
    'Level switch',
    'Flow meter',
    'Torque sensor',
    'Vibration sensor',
    'Gas detector',
    'Laser distance meter',
    'Camera module',
    'Spectrometer head',
    'Radar gauge',
  ],
  [
    'Relay board',
    'Signal amplifier',
    'Compact controller',
    'Motion controller',
    'Edge gateway',
    'Panel PC 10″',
    'Panel PC 15″',
    'Redundant controller',
    'Vision controller',
    'Line controller',
  ],
  [
    'Stepper drive',
    'Servo drive 400 W',
    'Servo drive 1 kW',
    'Frequency inverter',
    'Spindle drive',
    'Linear axis',
    'Rotary table',
    'Gantry kit',
    'Hexapod',
    'Palletiser axis',
  ],
  [
    'Terminal block',
    'Sensor cable 2 m',
    'Sensor cable 5 m',
    'Motor cable',
    'Fieldbus cable',
    'M12 connector set',
    'Cable chain',
    'Shielded harness',
    'Fibre link',
    'Slip ring',
  ],
  [
    'Emergency stop',
    'Door switch',
    'Light curtain',
    'Safety relay',
    'Two-hand control',
    'Laser scanner',
    'Safety mat',
    'Lockout kit',
    'Guard fence',
    'Safety controller',
  ],
  [
    'Calibration kit',
    'Spare parts box',
    'Remote support hour',
    'Commissioning day',
    'Operator training',
    'Maintenance visit',
    'Firmware care pack',
    'Energy audit',
    'Retrofit study',
    'On-call weekend',
  ],
];

/** Sixty products in six categories; the further down a category, the dearer and the rarer. */
export function productRange(): MadeUpProduct[] {
  return RANGE.flatMap(([, code, first, growth], category) =>
    NAMES[category]!.map((name, place) => ({
      id: String(701 + category * 10 + place),
      name,
      sku: `${code}-${100 + place * 10}`,
      category,
      price: Math.round(first * growth ** place * 20) * 5,
      popularity: 1 / (1 + place * 0.45),
    })),
  );
}

/** Who buys a torque sensor together with a signal amplifier needs the calibration kit, and nearly always takes it. */
export const RULE = { left: ['704', '712'], right: '751', confidence: 0.88, share: 0.08 } as const;

/** The products of one deal: the planted rule at its share, else products of the company's own categories. */
export function basketOf(
  random: RandomSource,
  products: readonly MadeUpProduct[],
  categories: readonly number[],
  size: number,
): MadeUpProduct[] {
  const basket = new Map<string, MadeUpProduct>();
  const add = (id: string): void => {
    basket.set(id, products.find((product) => product.id === id)!);
  };
  if (chance(random, RULE.share)) RULE.left.forEach(add);
  while (basket.size < size) {
    const category = chance(random, 0.85) ? pick(random, categories) : Math.floor(random() * RANGE.length);
    const shelf = products.slice(category * 10, category * 10 + 10);
    const found =
      shelf[
        weighted(
          random,
          shelf.map((product) => product.popularity),
        )
      ]!;
    // The kit is hardly ever bought for itself, or the rule would say nothing.
    if (found.id === RULE.right && !chance(random, 0.15)) continue;
    basket.set(found.id, found);
  }
  if (RULE.left.every((id) => basket.has(id))) {
    if (chance(random, RULE.confidence)) add(RULE.right);
    else basket.delete(RULE.right);
  }
  return [...basket.values()];
}
