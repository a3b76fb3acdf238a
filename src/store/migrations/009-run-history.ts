/** Whether a run looked at the present or was a replay, of which run, and what people had decided when it ran (JSON). */
export const runHistoryColumns: readonly string[] = [
  `ALTER TABLE runs
     ADD COLUMN IF NOT EXISTS kind LowCardinality(String) DEFAULT 'current',
     ADD COLUMN IF NOT EXISTS replay_of String DEFAULT '',
     ADD COLUMN IF NOT EXISTS settings String DEFAULT ''`,
];
