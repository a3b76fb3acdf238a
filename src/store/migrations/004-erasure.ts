/** Who asked to be forgotten: keyed hashes of contact ids, so that a later sync cannot bring them back. */
export const erasureTables: readonly string[] = [
  `CREATE TABLE tombstones (hash String, at DateTime64(3, 'UTC')) ENGINE = ReplacingMergeTree ORDER BY hash`,
];
