/** What the analyses found: appended by run, never overwritten. */
export const resultTables: readonly string[] = [
  `CREATE TABLE runs (id String, started_at DateTime64(3, 'UTC'), finished_at Nullable(DateTime64(3, 'UTC')),
    status LowCardinality(String), as_of DateTime64(3, 'UTC'), fingerprint String, portfolio String, version UInt64)
    ENGINE = ReplacingMergeTree(version) ORDER BY id`,
  `CREATE TABLE results (run_id String, analysis LowCardinality(String), summary String, model String,
    created_at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY (analysis, run_id)`,
  `CREATE TABLE scores (run_id String, analysis LowCardinality(String), customer_id String, value Nullable(Float64),
    label LowCardinality(String), band LowCardinality(String), evidence UInt8, details String)
    ENGINE = MergeTree ORDER BY (analysis, run_id, customer_id)`,
  `CREATE TABLE matrices (run_id String, analysis LowCardinality(String), customer_id String, cut_off DateTime64(3, 'UTC'),
    features Array(Float64)) ENGINE = MergeTree ORDER BY (analysis, run_id, customer_id, cut_off)`,
];
