import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { fitFromStarts } from '../../../src/models/fit-from-starts.ts';

const options = (more: object = {}) => ({ penalty: 0, random: seededRandom(1), hasSlope: false, ...more });

describe('a fit from several starts', () => {
  it('refuses, by the model’s name, a likelihood that rises for ever, instead of giving where the search stood', () => {
    const rising = (parameters: Float64Array): number => -1000 * Math.log(parameters[0]!);
    expect(() => fitFromStarts('Endless', rising, [1], options())).toThrow(
      expect.objectContaining({
        code: 'model-input',
        message: expect.stringContaining('The likelihood of the Endless model did not converge from 4 starts'),
      }),
    );
    // A penalty gives it a top.
    const { parameters } = fitFromStarts('Endless', rising, [1], options({ penalty: 200 }));
    expect(Math.log(parameters[0]!)).toBeCloseTo(5, 4);
  });

  it('finds the lower of two valleys though the first start is in the other', () => {
    const twoValleys = (parameters: Float64Array): number => {
      const at = Math.log(parameters[0]!);
      return (at ** 2 - 1) ** 2 - 0.3 * at + 2;
    };
    const one = fitFromStarts('Hilly', twoValleys, [Math.exp(-1)], options({ starts: 1 }));
    expect(one.parameters[0]).toBeLessThan(1);
    const many = fitFromStarts('Hilly', twoValleys, [Math.exp(-1)], options({ starts: 8 }));
    expect(many.parameters[0]).toBeGreaterThan(1);
    expect(many.logLikelihood).toBeGreaterThan(one.logLikelihood);
  });

  it('refuses a negative penalty and no start at all', () => {
    expect(() => fitFromStarts('Any', () => 0, [1], options({ penalty: -1 }))).toThrow('penalty -1');
    expect(() => fitFromStarts('Any', () => 0, [1], options({ starts: 0 }))).toThrow('0 starts');
  });
});
