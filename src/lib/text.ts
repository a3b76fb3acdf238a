/** The languages that Kith speaks. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One text that a person reads, in every language, kept beside the code that says it. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** Texts one after the other, with what stands between them. */
export function joinTexts(texts: readonly Text[], between: Text): Text {
  return { en: texts.map(({ en }) => en).join(between.en), zh: texts.map(({ zh }) => zh).join(between.zh) };
}

/** The text in one language. */
export function say(language: Language, text: Text): string {
  return text[language];
}
