/** What Kith said and did. `outbox` and `write_backs` are event logs: the newest event of a key is its state. */
export const ledgerTables: readonly string[] = [
  `CREATE TABLE outbox (key String, seq UInt64, at DateTime64(3, 'UTC'), state LowCardinality(String), channel_id String,
    kind LowCardinality(String), report String, message_id String, chart_bytes UInt32, note String)
    ENGINE = MergeTree ORDER BY (key, seq)`,
  `CREATE TABLE findings (key String, seq UInt64, at DateTime64(3, 'UTC'), state LowCardinality(String), digest LowCardinality(String),
    customer_id String, band LowCardinality(String), money Nullable(Decimal(38, 6)), actor String, note String)
    ENGINE = MergeTree ORDER BY (key, seq)`,
  `CREATE TABLE write_backs (batch String, seq UInt64, at DateTime64(3, 'UTC'), object_type LowCardinality(String), record_id String,
    property LowCardinality(String), before Nullable(String), after String, outcome LowCardinality(String), note String)
    ENGINE = MergeTree ORDER BY (batch, object_type, record_id, property, seq)`,
  `CREATE TABLE audit (seq UInt64, at DateTime64(3, 'UTC'), actor String, act LowCardinality(String), subject String, details String,
    previous_hash String, hash String) ENGINE = MergeTree ORDER BY seq`,
  `CREATE TABLE seen_requests (id String, at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY id TTL toDateTime(at) + INTERVAL 1 DAY`,
];
