/** Playbooks that were started or stopped, event by event, and which customer each was drawn for; nothing is ever changed. */
export const playbookTables: readonly string[] = [
  `CREATE TABLE playbook_runs (run String, seq UInt64, at DateTime64(3, 'UTC'), event LowCardinality(String), actor String,
    target String, details String) ENGINE = MergeTree ORDER BY (run, seq)`,
  `CREATE TABLE playbook_assignments (run String, unit LowCardinality(String), customer_id String, arm LowCardinality(String))
    ENGINE = MergeTree ORDER BY (run, customer_id)`,
];
