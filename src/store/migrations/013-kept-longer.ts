/** Whom a message named, when its words are gone; how long requests and questions stay is the portal's own setting. */
export const keptLongerColumns: readonly string[] = [
  `ALTER TABLE outbox ADD COLUMN IF NOT EXISTS about Array(String) DEFAULT []`,
  // REMOVE TTL fails where there is none: set first, as it was, so that the two can run again after a stop between them.
  `ALTER TABLE seen_requests MODIFY TTL toDateTime(at) + INTERVAL 1 DAY`,
  `ALTER TABLE seen_requests REMOVE TTL`,
  `ALTER TABLE answers MODIFY TTL toDateTime(at) + INTERVAL 7 DAY`,
  `ALTER TABLE answers REMOVE TTL`,
];
