/** Scores given between runs, by the frozen model of `run_id`: appended; the newest of a customer stands over the run's own. */
export const rescoredTables: readonly string[] = [
  `CREATE TABLE rescored (run_id String, analysis LowCardinality(String), customer_id String, seq UInt64, at DateTime64(3, 'UTC'),
    value Nullable(Float64), label LowCardinality(String), band LowCardinality(String), evidence UInt8, details String)
    ENGINE = MergeTree ORDER BY (analysis, run_id, customer_id, seq)`,
];
