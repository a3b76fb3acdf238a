/**
 * The last thing that happened: deals made or closed, tickets, engagements. An open deal's close date is a hope, not an
 * event, so only closed deals' dates count: those in a stage that its pipeline calls closed, or flagged won.
 */
export const LAST_EVENT = `
  SELECT toUnixTimestamp64Milli(maxOrNull(at)) AS at FROM (
    SELECT maxOrNull(created_at) AS at FROM {db:Identifier}.deals FINAL
    UNION ALL
    SELECT maxOrNull(closed_at) AS at FROM {db:Identifier}.deals FINAL
    WHERE ifNull(is_closed_won, false) OR (pipeline_id, stage_id) IN (
      SELECT pipeline_id, stage_id FROM {db:Identifier}.pipelines FINAL WHERE object = 'deals' AND is_closed)
    UNION ALL
    SELECT maxOrNull(created_at) AS at FROM {db:Identifier}.tickets FINAL
    UNION ALL
    SELECT maxOrNull(closed_at) AS at FROM {db:Identifier}.tickets FINAL
    UNION ALL
    SELECT maxOrNull(at) AS at FROM {db:Identifier}.engagements FINAL
  )`;
