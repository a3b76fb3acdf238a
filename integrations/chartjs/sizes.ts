/**
 * Pixels at 1200 px of width. Chats show pictures about 375 px wide on a phone, a third of that, so nothing is smaller
 * than 26 px.
 */
export const SIZES = { title: 44, subtitle: 32, label: 30, value: 30, smallValue: 26, tick: 28 } as const;

export const PADDING = 44;
