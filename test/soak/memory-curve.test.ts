import { describe, expect, it } from 'vitest';
import { type MemorySample, memoryCsv, memoryGrowth, quantile, readMemory } from './memory-curve.ts';

const WINDOWS = { fromS: 300, windowS: 240 };

/** Thirty minutes, a sample every five seconds. */
function curve(residentAt: (seconds: number) => number): MemorySample[] {
  return Array.from({ length: 361 }, (_, i) => ({
    atS: i * 5,
    residentMb: residentAt(i * 5),
    anonymousMb: 0,
    threads: 1,
    processorS: 0,
  }));
}

/** A peak of 400 MB for 50 s, every two minutes. */
const peak = (seconds: number): number => (seconds % 120 < 50 ? 400 : 0);

describe('the growth of memory', () => {
  it('is none where analyses make peaks that are given back, whatever was taken up in the first minutes', () => {
    const growth = memoryGrowth(
      curve((seconds) => 600 + Math.min(seconds, 200) + peak(seconds)),
      WINDOWS,
    )!;
    expect(growth.share).toBe(0);
    expect(growth.mbPerHour).toBe(0);
    expect([growth.fromMb, growth.toMb]).toEqual([800, 800]);
  });

  it('is seen below the peaks: 1 MB a minute is more than 2 % of 800 MB in thirty minutes', () => {
    const growth = memoryGrowth(
      curve((seconds) => 800 + seconds / 60 + peak(seconds)),
      WINDOWS,
    )!;
    expect(growth.share).toBeGreaterThan(0.02);
    expect(growth.share).toBeLessThan(0.03);
    expect(growth.mbPerHour).toBeCloseTo(60, 0);
  });

  it('is not told of a run that is too short for two windows after the first minutes', () => {
    expect(memoryGrowth(curve(() => 800).slice(0, 150), WINDOWS)).toBeNull();
    expect(memoryGrowth([], WINDOWS)).toBeNull();
  });
});

describe('the memory of a process', () => {
  it.skipIf(process.platform !== 'linux')('is read from Linux, and is null once it has ended', async () => {
    const sample = await readMemory(process.pid, 7);
    expect(sample?.residentMb).toBeCloseTo(process.memoryUsage.rss() / 1024 / 1024, -2);
    expect(sample?.anonymousMb).toBeLessThan(sample!.residentMb);
    expect(sample?.processorS).toBeGreaterThan(0);
    expect(await readMemory(2 ** 30, 7)).toBeNull();
    expect(memoryCsv([sample!]).split('\n')).toHaveLength(3);
  });
});

describe('a quantile', () => {
  it('is the value below which so many lie, whatever their order', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 51, 100, 100]);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
