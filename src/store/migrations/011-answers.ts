/** What was asked lately, so that an answer can be shared, taken away and followed up; until when a finding is put off. */
export const answerTables: readonly string[] = [
  `CREATE TABLE answers (id String, at DateTime64(3, 'UTC'), user_id String, channel_id String, thread_id String,
    command LowCardinality(String), text String)
    ENGINE = MergeTree ORDER BY id TTL toDateTime(at) + INTERVAL 7 DAY`,
  `ALTER TABLE findings ADD COLUMN IF NOT EXISTS snoozed_until Nullable(DateTime64(3, 'UTC'))`,
];
