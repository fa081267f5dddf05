import type { Generated, Kysely } from 'kysely';

/** The tables as they are after the last migration. Instants are epoch ms; absent values are null. */
export interface Schema {
  event: EventRow;
  alert: AlertRow;
  incident: IncidentRow;
  incident_step: IncidentStepRow;
  incident_note: IncidentNoteRow;
  delivery: DeliveryRow;
  channel_state: ChannelStateRow;
  push_token: PushTokenRow;
  maintenance: MaintenanceRow;
  audit: AuditRow;
  principal: PrincipalRow;
  camera: CameraRow;
  gap: GapRow;
  recording: RecordingRow;
  hold: HoldRow;
  archive_report: ArchiveReportRow;
  export: ExportRow;
  evidence_package: EvidencePackageRow;
  signing_key: SigningKeyRow;
  health_report: HealthReportRow;
  occupancy_mark: OccupancyMarkRow;
  area_state: AreaStateRow;
  flow_report: FlowReportRow;
  passage: PassageRow;
  passage_hit: PassageHitRow;
  plate_read: PlateReadRow;
  plate_list: PlateListRow;
  plate_list_entry: PlateListEntryRow;
  plate_list_revision: PlateListRevisionRow;
}

export interface OccupancyMarkRow {
  id: string;
  area_id: string;
  at: number;
  kind: 'reset' | 'correction' | 'carry';
  value: number;
  counted: number;
  crossings: number;
  by: string;
  note: string | null;
}

export interface AreaStateRow {
  area_id: string;
  is_over: number;
  since: number;
  said: number;
}

/** `data`: the report as JSON. */
export interface FlowReportRow {
  camera_id: string;
  granularity: 'quarter' | 'hour' | 'day';
  from_at: number;
  to_at: number;
  computed_at: number;
  crossings: number;
  data: string;
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
  cold_key: string | null;
  cold_bytes: number | null;
  cold_sha256: string | null;
  cold_codec: string | null;
  cold_at: number | null;
  restored_until: number | null;
  checked_at: number | null;
  damaged_at: number | null;
}

/** `released_at` null: it holds. */
export interface HoldRow {
  id: string;
  camera_id: string;
  from_at: number;
  to_at: number;
  reason: string;
  by: string;
  incident: number | null;
  created_at: number;
  released_at: number | null;
  released_by: string | null;
}

/** `data`: the report as JSON. */
export interface ArchiveReportRow {
  id: string;
  at: number;
  data: string;
}

/** `request`, `result`: JSON. */
export interface ExportRow {
  id: string;
  camera_id: string;
  request: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'expired';
  requested_at: number;
  requested_by: string;
  incident: number | null;
  started_at: number | null;
  ended_at: number | null;
  expires_at: number | null;
  reason: string | null;
  result: string | null;
}

/**
 * `manifest_sha256` null: it is being made, by whoever holds `claim` (`claimed_at`: when that was last heard of). `zip`: JSON
 * of key, bytes, sha256. `void_reason`: why it never became a package; `removed_at`: when its files went.
 */
export interface EvidencePackageRow {
  id: string;
  camera_id: string;
  number: number;
  made_at: number;
  key_id: string;
  folder: string;
  manifest_sha256: string | null;
  zip: string | null;
  void_reason: string | null;
  removed_at: number | null;
  claim: string | null;
  claimed_at: number;
}

/** `id`: fingerprint of the public key; `public_key`: PEM; `private_key`: encrypted. */
export interface SigningKeyRow {
  id: string;
  created_at: number;
  public_key: string;
  private_key: string;
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

/**
 * `incident_id` null: suppressed, for `reason`. `effect`: what it did to its incident; `over`: it says that something is
 * over, and ended nothing.
 */
export interface AlertRow {
  id: string;
  camera_id: string;
  kind: string;
  subject: string | null;
  severity: 'info' | 'warning' | 'critical';
  at: number;
  summary: string;
  event_id: string | null;
  snapshot: string | null;
  incident_id: string | null;
  effect: 'opened' | 'raised' | 'joined' | 'ended' | 'over' | null;
  reason: string | null;
  created_at: number;
}

/**
 * `key`: camera, kind and subject. `plan`, `verdict`: JSON. `storm_id`: the incident that gathers it. `rest_ms`: of one
 * that is flapping, for how long it must rest before it is over.
 */
export interface IncidentRow {
  number: Generated<number>;
  id: string;
  key: string;
  camera_id: string;
  kind: string;
  subject: string | null;
  severity: 'info' | 'warning' | 'critical';
  state: 'open' | 'notified' | 'acknowledged' | 'resolved' | 'expired';
  first_at: number;
  last_at: number;
  opened_at: number;
  changed_at: number;
  /** Wall clock after which nobody reacting means `expired`. */
  expires_at: number;
  alerts: number;
  summary: string;
  event_id: string | null;
  snapshot: string | null;
  plan: string;
  storm_id: string | null;
  is_flapping: number;
  rest_ms: number | null;
  acknowledged_by: string | null;
  acknowledged_at: number | null;
  ended_by: string | null;
  ended_at: number | null;
  verdict: string | null;
}

/** `occasion`: a step of the plan, as text, or another reason to tell people. */
export interface IncidentStepRow {
  incident_id: string;
  occasion: string;
  due_at: number;
  /** null: not yet. */
  done_at: number | null;
}

export interface IncidentNoteRow {
  id: Generated<number>;
  incident_id: string;
  at: number;
  by: string;
  text: string;
}

/**
 * `other_channels`: JSON. `claimed_by`: the job that sends it. `slot_at`: when it counted against its recipient's cap.
 * `maybe_sent`: 1 once a try ended without anybody knowing whether it got through; a further one may be a second copy.
 */
export interface DeliveryRow {
  number: Generated<number>;
  id: string;
  incident_id: string;
  occasion: string;
  recipient: string;
  channel: string;
  other_channels: string;
  severity: 'info' | 'warning' | 'critical';
  state: 'pending' | 'sending' | 'sent' | 'delivered' | 'failed' | 'skipped' | 'replaced';
  tries: number;
  not_before: number | null;
  claimed_by: string | null;
  claimed_at: number | null;
  slot_at: number | null;
  maybe_sent: Generated<number>;
  gathered_in: string | null;
  provider_id: string | null;
  detail: string | null;
  cost: number;
  created_at: number;
  updated_at: number;
  sent_at: number | null;
}

/**
 * `down_until`: left alone until then. `probe_by`: the claim that tries whether it works again. `next_at`: when the rate
 * allows the next message (GCRA). `spent`: what it cost on `day`.
 */
export interface ChannelStateRow {
  channel: string;
  failures: number;
  down_until: number | null;
  probe_by: string | null;
  probe_at: number | null;
  next_at: number;
  day: string | null;
  spent: number;
  reason: string | null;
  changed_at: number;
}

/** `id`: hash of the token; `token`: encrypted. */
export interface PushTokenRow {
  id: string;
  recipient: string;
  platform: 'android' | 'ios' | 'web';
  token: string;
  created_at: number;
  seen_at: number;
}

/** `camera_id` null: the whole site. */
export interface MaintenanceRow {
  id: Generated<number>;
  camera_id: string | null;
  from_at: number;
  to_at: number;
  reason: string | null;
  by: string;
  created_at: number;
  ended_at: number | null;
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
  /** SHA-256 over this entry and the hash of the one before, hexadecimal. */
  hash: string;
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

/**
 * PostgreSQL's text cannot hold NUL; SQLite's can, and cuts the string there when printed. Half a surrogate pair would
 * come back as another character, and break the seal of an audit entry.
 */
export function cleanText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');
}
