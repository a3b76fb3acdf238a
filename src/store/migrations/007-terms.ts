/** When a recurring line item's billing begins and ends. */
export const termColumns: readonly string[] = [
  `ALTER TABLE line_items
     ADD COLUMN IF NOT EXISTS recurring_frequency LowCardinality(String) DEFAULT '',
     ADD COLUMN IF NOT EXISTS starts_at Nullable(DateTime64(3, 'UTC')),
     ADD COLUMN IF NOT EXISTS ends_at Nullable(DateTime64(3, 'UTC'))`,
];
