/** Where a message was sent, what was uploaded for it, the document that goes with it, and which other message it follows or takes the place of. */
export const outboxThreadColumns: readonly string[] = [
  `ALTER TABLE outbox
     ADD COLUMN IF NOT EXISTS thread_key String DEFAULT '',
     ADD COLUMN IF NOT EXISTS replaces_key String DEFAULT '',
     ADD COLUMN IF NOT EXISTS sent_channel String DEFAULT '',
     ADD COLUMN IF NOT EXISTS file_ids Array(String) DEFAULT [],
     ADD COLUMN IF NOT EXISTS document String DEFAULT ''`,
];
