/** The languages that Kith speaks. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One text that a person reads, in every language, kept beside the code that says it. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** The text in one language. */
export function say(language: Language, text: Text): string {
  return text[language];
}
