/** Each ranked read compares the run of every score: as a number in a dictionary, of a million customers in half the time. */
export const runIdColumns: readonly string[] = ['ALTER TABLE scores MODIFY COLUMN run_id LowCardinality(String)'];
