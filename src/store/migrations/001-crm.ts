/** CRM records. Every table keeps the newest version of a record; reading uses FINAL. */
export const crmTables: readonly string[] = [
  `CREATE TABLE account (key String, value String, version UInt64) ENGINE = ReplacingMergeTree(version) ORDER BY key`,
  `CREATE TABLE cursors (name String, value String, version UInt64) ENGINE = ReplacingMergeTree(version) ORDER BY name`,
  table('owners', 'email String, first_name String, last_name String'),
  table(
    'pipelines',
    `object LowCardinality(String), pipeline_id String, pipeline_label String, stage_id String, stage_label String,
     is_closed Bool, probability Nullable(Float64)`,
  ),
  table(
    'companies',
    `name String, domain String, industry LowCardinality(String), country LowCardinality(String),
     employees Nullable(UInt32), owner_id String, parent_company_id String`,
  ),
  table('contacts', 'country LowCardinality(String), owner_id String'),
  // Names, e-mail and phone of contacts: AES-256-GCM under the key named by key_id, looked up by keyed hashes.
  `CREATE TABLE identities (contact_id String, key_id LowCardinality(String), sealed String, email_hash String,
    phone_hash String, version UInt64, is_deleted UInt8) ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY contact_id`,
  table('products', 'name String, sku String, price Nullable(Decimal(38, 6))'),
  table(
    'deals',
    `name String, pipeline_id LowCardinality(String), stage_id LowCardinality(String), amount Nullable(Decimal(38, 6)),
     currency LowCardinality(String), home_amount Nullable(Decimal(38, 6)), exchange_rate Nullable(Decimal(38, 12)),
     closed_at Nullable(DateTime64(3, 'UTC')), owner_id String, is_closed_won Nullable(Bool)`,
  ),
  table(
    'line_items',
    `product_id String, name String, sku String, quantity Nullable(Decimal(38, 6)), price Nullable(Decimal(38, 6)),
     amount Nullable(Decimal(38, 6)), recurring_period LowCardinality(String)`,
  ),
  table(
    'tickets',
    `subject String, pipeline_id LowCardinality(String), stage_id LowCardinality(String), priority LowCardinality(String),
     closed_at Nullable(DateTime64(3, 'UTC')), satisfaction Nullable(Float64), owner_id String`,
  ),
  table(
    'engagements',
    `type LowCardinality(String), at DateTime64(3, 'UTC'), direction LowCardinality(String), outcome String,
     score Nullable(Float64)`,
  ),
  `CREATE TABLE associations (from_type LowCardinality(String), from_id String, to_type LowCardinality(String), to_id String,
    is_primary Bool, version UInt64, is_deleted UInt8)
    ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY (from_type, to_type, from_id, to_id)`,
  `CREATE TABLE rejects (object_type LowCardinality(String), record_id String, place String, reason String,
    seen_at DateTime64(3, 'UTC'), version UInt64)
    ENGINE = ReplacingMergeTree(version) ORDER BY (object_type, place, record_id)`,
];

function table(name: string, columns: string): string {
  return `CREATE TABLE ${name} (id String, ${columns}, created_at Nullable(DateTime64(3, 'UTC')),
    updated_at DateTime64(3, 'UTC'), archived Bool, extra Map(String, String), version UInt64, is_deleted UInt8)
    ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY id`;
}
