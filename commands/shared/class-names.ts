import { z } from 'zod';
import type { Score } from '../../src/domain/results.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';

const VALUE_CLASSES: Readonly<Record<string, Text>> = {
  low: { en: 'low value', zh: '低价值' },
  medium: { en: 'medium value', zh: '中价值' },
  high: { en: 'high value', zh: '高价值' },
};

/** A value class as people read it; '' without one. */
export function valueClassName(language: Language, label: string): string {
  const name = VALUE_CLASSES[label];
  return name === undefined ? label : say(language, name);
}

const namedSchema = z.object({ name: z.object({ en: z.string(), zh: z.string() }) });

/** A score's segment as people read it: stored in English or as a person called it. */
export function segmentName(language: Language, score: Pick<Score, 'label' | 'details'>): string {
  const name = namedSchema.safeParse(score.details).data?.name;
  return name !== undefined && name.en === score.label ? say(language, name) : score.label;
}
