import type { JobContract } from '../../jobs/define.js';
import type { BoardQueue } from '../../queues/board.js';
import type { Producer, QueueInspector } from '../../queues/types.js';
import type { FrameSources } from '../domain/frame-source.js';
import type { Log } from '../log.js';
import type {
  CameraCatalogue,
  CameraStore,
  Gaps,
  HealthReports,
  MetricFamily,
  Ports,
  Principals,
  RecordingIndex,
} from '../ports.js';
import type { SmsHooks } from '../ports/alerting.js';

/** What the API stands on. Everything is opened and closed by the caller. */
export interface ApiDeps {
  readonly registry: Readonly<Record<string, { readonly contract: JobContract }>>;
  readonly producer: Producer;
  readonly inspector: QueueInspector;
  readonly ports: Pick<
    Ports,
    | 'cameras'
    | 'states'
    | 'frames'
    | 'pictures'
    | 'events'
    | 'incidents'
    | 'deliveries'
    | 'channels'
    | 'templates'
    | 'pushTokens'
    | 'maintenances'
    | 'signer'
    | 'links'
    | 'snapshots'
    | 'audit'
    | 'passages'
    | 'plateLists'
    | 'occupancy'
    | 'flowReports'
    | 'csv'
    | 'evidence'
    | 'holds'
    | 'archiveReports'
    | 'recordings'
    | 'recordingFiles'
    | 'cold'
    | 'storage'
    | 'exports'
    | 'exportSettings'
    | 'clips'
    | 'live'
  >;
  readonly principals: Principals;
  /** What the SMS provider sends us; without it, or without `publicUrl`, it finds no door. */
  readonly smsHooks?: SmsHooks | undefined;
  /** Where this is reached from outside: the SMS provider signs the address it calls. */
  readonly publicUrl?: string | undefined;
  /** The same cameras as `ports.cameras`, with where they come from. */
  readonly catalogue: CameraCatalogue;
  readonly cameraStore: CameraStore;
  /** Opens sources to test them. */
  readonly sources: Pick<FrameSources, 'inspect' | 'probe'>;
  /** Hosts that cameras given over HTTP may be on (see `createSourceRule`); default: local networks. */
  readonly cameraHosts?: readonly string[] | undefined;
  readonly gaps: Pick<Gaps, 'list'>;
  readonly reports: Pick<HealthReports, 'latest' | 'list'>;
  readonly recordings: Pick<RecordingIndex, 'list'>;
  /** At least 32 random characters that outlive a restart and are the same for all API processes. */
  readonly sessionSecret: string;
  /** The queues Bull Board shows. */
  readonly boardQueues: readonly BoardQueue[];
  /** The text of /metrics: what all processes published, together with what the API found out at this scrape. */
  readonly metricsText: (scraped: readonly MetricFamily[]) => Promise<string>;
  readonly log: Log;
  /** Aborted when the process is to stop: streams end. */
  readonly stopping?: AbortSignal;
  /** Wall clock, epoch ms; default Date.now. */
  readonly now?: () => number;
  /**
   * Which proxies are believed about the caller's address and protocol, as in express; default `loopback`: a TLS
   * proxy on the same machine.
   */
  readonly trustProxy?: string;
}
