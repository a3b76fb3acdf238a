const NUMBERS = ['at_risk', 'off_rhythm', 'value', 'order_size', 'expected_gap', 'days_since'] as const;
const TYPE = `Tuple(${NUMBERS.map((name) => `${name} Nullable(Float64)`).join(', ')})`;

/** The numbers that people sort customers at risk by, out of their details. */
export const RANKS = `JSONExtract(details, '${TYPE}')`;

/** The same beside the details, which are read for those alone that are shown: for a million customers reading all takes seconds. */
export const scoreRankColumns: readonly string[] = [
  `ALTER TABLE scores
     ADD COLUMN IF NOT EXISTS ranks ${TYPE}
       MATERIALIZED if(analysis = 'churn-risk', ${RANKS}, CAST(tuple(NULL, NULL, NULL, NULL, NULL, NULL), '${TYPE}')),
     ADD COLUMN IF NOT EXISTS forecast Nullable(Float64)
       MATERIALIZED if(analysis = 'value', JSONExtract(details, 'forecast', 'value', 'Nullable(Float64)'), NULL)`,
];
