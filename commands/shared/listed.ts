/** How many customers an answer lists. */
export const LISTED = 10;
