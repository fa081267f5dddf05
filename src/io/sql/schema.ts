import type { Generated, Kysely } from 'kysely';

/** The tables as they are after the last migration. Instants are epoch ms; absent values are null. */
export interface Schema {
  event: EventRow;
  alert: AlertRow;
  delivery: DeliveryRow;
  audit: AuditRow;
  principal: PrincipalRow;
  camera: CameraRow;
  gap: GapRow;
  recording: RecordingRow;
  health_report: HealthReportRow;
  passage: PassageRow;
  passage_hit: PassageHitRow;
  plate_read: PlateReadRow;
  plate_list: PlateListRow;
  plate_list_entry: PlateListEntryRow;
  plate_list_revision: PlateListRevisionRow;
}

/**
 * `data`: the passage as JSON, without its review. `key` and `verdict` are those in force: after a review its own, and
 * `accepted`.
 */
export interface PassageRow {
  id: string;
  camera_id: string | null;
  job_id: string | null;
  at: number;
  last_at: number;
  state: 'open' | 'final' | 'merged';
  key: string;
  verdict: 'accepted' | 'needs-review' | 'rejected';
  data: string;
  /** JSON. */
  review: string | null;
}

/** The lists that a final passage matched, for searching; the hits themselves are in its `data`. */
export interface PassageHitRow {
  passage_id: string;
  list: string;
  at: number;
}

/** `data`: the look as JSON. It may be written before its passage is. */
export interface PlateReadRow {
  id: string;
  passage_id: string;
  at: number;
  data: string;
}

export interface PlateListRow {
  id: string;
  kind: 'deny' | 'allow' | 'watch';
  name: string | null;
  alert_unknown: number;
}

/** `valid_from`, `valid_to` null: from ever, for ever. */
export interface PlateListEntryRow {
  id: Generated<number>;
  list: string;
  pattern: string;
  key: string;
  valid_from: number | null;
  valid_to: number | null;
  reason: string | null;
  owner: string | null;
  note: string | null;
  created_at: number;
  created_by: string;
}

/** One row: counts changes of lists and entries. */
export interface PlateListRevisionRow {
  number: number;
}

/** A camera made through the API (`data`, encrypted JSON), or one of the file that was switched off (`data` null). */
export interface CameraRow {
  id: string;
  data: string | null;
  enabled: number;
  changed_at: number;
  changed_by: string;
}

/** `to_at` null: it lasts. */
export interface GapRow {
  id: string;
  camera_id: string;
  track: 'analysis' | 'recording';
  from_at: number;
  to_at: number | null;
  cause: 'camera' | 'network' | 'disk' | 'process' | 'disabled';
  reason: string | null;
}

/** `sha256` null: still being written. */
export interface RecordingRow {
  id: string;
  camera_id: string;
  node: string;
  path: string;
  start_at: number;
  end_at: number;
  bytes: number;
  codec: string;
  width: number;
  height: number;
  why: 'always' | 'motion';
  sha256: string | null;
  tier: 'hot' | 'cold';
  protected: number;
}

/** `data`: the report as JSON. */
export interface HealthReportRow {
  at: number;
  state: 'ok' | 'warn' | 'fail';
  data: string;
}

/** `line`, `direction` and `class` repeat what `data` (the whole event as JSON) says, for counting. */
export interface EventRow {
  id: string;
  type: string;
  camera_id: string;
  at: number;
  line: string | null;
  direction: 'in' | 'out' | null;
  class: string | null;
  data: string;
}

/** People were told when `suppressed_by` is null. */
export interface AlertRow {
  id: string;
  camera_id: string;
  kind: string;
  severity: 'info' | 'warning' | 'critical';
  at: number;
  summary: string;
  event_id: string | null;
  snapshot: string | null;
  suppressed_by: string | null;
  created_at: number;
}

export interface DeliveryRow {
  id: string;
  alert_id: string;
  recipient: string;
  channel: 'email';
  state: 'pending' | 'sending' | 'delivered' | 'failed';
  detail: string | null;
  updated_at: number;
}

export interface AuditRow {
  id: Generated<number>;
  at: number;
  actor: string;
  action: string;
  subject: string;
  /** JSON object. */
  detail: string;
  /** What makes the entry one of a kind; a second one with the same key is not written. */
  once_key: string | null;
}

export interface PrincipalRow {
  kind: 'key' | 'person';
  name: string;
  role: 'viewer' | 'operator' | 'admin';
  secret_hash: string;
  created_at: number;
  disabled_at: number | null;
}

export type Dialect = 'sqlite' | 'postgres';

export interface Database {
  readonly dialect: Dialect;
  /** Where it is, for people: a file, or host and database without user and password. */
  readonly place: string;
  readonly db: Kysely<Schema>;
  /**
   * Runs ONE statement that reads and writes, so that no other one under the same key comes between its reading
   * and its writing. SQLite has a single writer, so there a statement is alone as it is; PostgreSQL takes a lock.
   */
  serially<T>(key: string, statement: (db: Kysely<Schema>) => Promise<T>): Promise<T>;
  /** @throws Error saying what is wrong when the database does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** PostgreSQL's text cannot hold NUL; SQLite's can, and cuts the string there when printed. */
export function cleanText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD');
}
