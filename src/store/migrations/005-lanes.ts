/** What an incremental copy must remember beside the records. */
export const laneTables: readonly string[] = [
  // Ids that were merged into others: the old one resolves to the new one.
  `CREATE TABLE aliases (object_type LowCardinality(String), old_id String, new_id String, at DateTime64(3, 'UTC'), version UInt64)
    ENGINE = ReplacingMergeTree(version) ORDER BY (object_type, old_id)`,
  // Records that are gone, and how: archived, merged, purged.
  `CREATE TABLE removals (object_type LowCardinality(String), id String, reason LowCardinality(String), at DateTime64(3, 'UTC'),
    version UInt64) ENGINE = ReplacingMergeTree(version) ORDER BY (object_type, id)`,
  // Webhook events that wait to be read again; newest row of an event is its state.
  `CREATE TABLE hints (object_type LowCardinality(String), id String, seq UInt64, at DateTime64(3, 'UTC'), state LowCardinality(String),
    note String) ENGINE = ReplacingMergeTree(seq) ORDER BY (object_type, id)`,
];
