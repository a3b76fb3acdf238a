/** The sealed keys of tombstones, messages that are to be taken back, and customers of whom no profile is made. */
export const privacyTables: readonly string[] = [
  // Not rotated with the identity keys, under which it is only sealed: tombstones must be found for good.
  `CREATE TABLE tombstone_keys (id String, key_id LowCardinality(String), sealed String, at DateTime64(3, 'UTC'), version UInt64)
    ENGINE = ReplacingMergeTree(version) ORDER BY id`,
  // The newest row of a message is its state: waiting, gone, refused.
  `CREATE TABLE retractions (channel_id String, message_id String, seq UInt64, at DateTime64(3, 'UTC'), state LowCardinality(String),
    file_ids Array(String)) ENGINE = ReplacingMergeTree(seq) ORDER BY (channel_id, message_id)`,
  `CREATE TABLE opt_outs (contact_id String, at DateTime64(3, 'UTC'), actor String, version UInt64, is_deleted UInt8)
    ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY contact_id`,
  // Free text is no longer copied: what was goes.
  `ALTER TABLE deals UPDATE name = '' WHERE name != ''`,
  `ALTER TABLE tickets UPDATE subject = '' WHERE subject != ''`,
];
