import type { Language } from '../../domain/alerting/config.js';
import { STORM } from '../../domain/alerting/incident.js';
import type { MessageFacts } from '../../domain/alerting/message.js';
import { cutTo, oneLine } from '../../domain/alerting/one-line.js';
import { en } from './en.js';
import type { LanguagePack } from './language-pack.js';
import { longTime, shortTime } from './local-time.js';
import { vi } from './vi.js';

export const PACKS = { vi, en } as const satisfies Record<Language, LanguagePack>;

const COLOURS = { info: '#2563a8', warning: '#b45309', critical: '#b91c1c' } as const;
const OVER = '#15803d';
const CAMERAS_NAMED = 3;

/** The names that templates see: all of `MessageFacts`, and these. Times are in the reader's zone. */
export interface Scope extends MessageFacts {
  readonly language: Language;
  /** IANA name: the recipient's, else the site's. */
  readonly zone: string;
  readonly severity: string;
  readonly colour: string;
  /** What happened: `Xâm nhập (yard)`. */
  readonly what: string;
  /** How bad it is and why this message comes: `Khẩn cấp, chưa ai xác nhận`. */
  readonly status: string;
  /** `status: what` */
  readonly headline: string;
  /** Camera, cameras of a storm, or the site. */
  readonly where: string;
  /** Short. */
  readonly when: string;
  /** The summary, where the kind alone says too little. */
  readonly about?: string;
  /** Everything worth knowing, for e-mail. */
  readonly rows: readonly { readonly name: string; readonly value: string }[];
  /** Cameras of a storm, or incidents that were held back. */
  readonly list: readonly { readonly lead: string; readonly text: string }[];
  /** The same in a few words. */
  readonly shortList?: string;
  readonly pictureNote?: string;
  /** The one link of a short message: to acknowledge, else to the incident. */
  readonly link?: string;
  /** `false`: a test, or several. */
  readonly isIncident: boolean;
  readonly labels: LanguagePack['labels'];
}

/** What templates of a language can say about these facts. Text from outside has no line breaks any more. */
export function scopeOf(given: MessageFacts, language: Language): Scope {
  const facts = clean(given);
  const pack = PACKS[language];
  const zone = facts.recipient.timeZone ?? facts.site.timeZone;
  const severity = pack.severities[facts.incident.severity];
  const what = whatOf(facts, pack);
  const status = pack.status(facts, severity);
  const isOver = facts.occasion === 'ended' || facts.occasion === 'storm-over';
  const { labels } = pack;
  const about = aboutOf(facts, pack);
  const link = facts.links.acknowledge ?? facts.links.incident;
  const isMissed = facts.camera !== undefined && ['opened', 'escalated', 'raised'].includes(facts.occasion);
  const list = listOf(facts, pack, zone);
  const shortList = shortListOf(facts);
  return {
    ...facts,
    ...{ language, zone, severity, what, status, labels, list },
    colour: isOver ? OVER : COLOURS[facts.incident.severity],
    headline: `${status}: ${what}`,
    where: whereOf(facts, pack),
    when: shortTime(facts.incident.firstAt, zone, pack, zone !== facts.site.timeZone),
    rows: rowsOf(facts, pack, zone),
    isIncident: facts.occasion !== 'test' && facts.occasion !== 'gathered',
    ...(about !== undefined && { about }),
    ...(shortList !== undefined && { shortList }),
    ...(link !== undefined && { link }),
    ...(facts.hasPicture
      ? { pictureNote: labels.picture }
      : isMissed
        ? { pictureNote: labels.noPicture }
        : {}),
  };
}

/** A kind in words. What no language knows is said as it is written: `door-open` is "Door open". */
export function kindWords(kind: string, { kinds, namedKinds }: LanguagePack): string {
  const known = own(kinds, kind) ?? own(namedKinds, kind);
  if (known !== undefined) return known;
  const named = nameOf(kind, namedKinds);
  if (named !== undefined) return `${namedKinds[named] ?? ''} (${cutTo(kind.slice(named.length + 1), 30)})`;
  const words = kind.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether it is of those that are about no camera. */
export function isSystemKind(kind: string): boolean {
  return Object.hasOwn(en.namedKinds, kind) || nameOf(kind, en.namedKinds) !== undefined;
}

function nameOf(kind: string, namedKinds: LanguagePack['namedKinds']): string | undefined {
  return Object.keys(namedKinds).find((name) => kind.startsWith(`${name}-`));
}

function own(of: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(of, key) ? of[key] : undefined;
}

function isStorm({ storm, incident, occasion }: MessageFacts): boolean {
  return storm !== undefined || incident.kind === STORM || occasion === 'storm' || occasion === 'storm-over';
}

function whatOf(facts: MessageFacts, pack: LanguagePack): string {
  const { occasion, incident, storm, gathered, subject } = facts;
  if (occasion === 'test') return pack.test;
  if (occasion === 'gathered' && gathered) return pack.gathered(gathered.incidents.length + gathered.more);
  if (isStorm(facts))
    return storm ? pack.storm(storm.alerts, storm.cameras.length) : (pack.kinds[STORM] ?? STORM);
  const kind = kindWords(incident.kind, pack);
  // A plate's mark says nothing to people.
  const isZone = subject !== undefined && !incident.kind.startsWith('plate-');
  return isZone ? `${kind} (${cutTo(subject, 40)})` : kind;
}

function whereOf(facts: MessageFacts, pack: LanguagePack): string {
  const { occasion, camera, site, storm } = facts;
  if (occasion === 'test' || occasion === 'gathered') return site.name;
  if (camera) return camera.name;
  if (!storm) return isStorm(facts) ? site.name : pack.labels.system;
  const names = storm.cameras
    .slice(0, CAMERAS_NAMED)
    .map(({ name }) => cutTo(name, 30))
    .join(', ');
  const others = storm.cameras.length - CAMERAS_NAMED;
  return others > 0 ? pack.cameras(names, others) : names || site.name;
}

/** Of kinds people know, camera and place say enough. */
function aboutOf(facts: MessageFacts, { kinds }: LanguagePack): string | undefined {
  const { occasion, camera, incident } = facts;
  if (occasion === 'test' || occasion === 'gathered' || isStorm(facts)) return undefined;
  if (camera && Object.hasOwn(kinds, incident.kind)) return undefined;
  return incident.summary;
}

function rowsOf(facts: MessageFacts, pack: LanguagePack, zone: string): Scope['rows'] {
  const { occasion, camera, incident, site, plate, storm, recipient } = facts;
  const { labels } = pack;
  const row = (name: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : [{ name, value }];
  if (occasion === 'test')
    return [
      ...row(labels.recipient, recipient.name ?? recipient.id),
      ...row(labels.when, longTime(incident.firstAt, zone, pack)),
      ...row(labels.site, site.name),
    ];
  if (occasion === 'gathered') return row(labels.site, site.name);
  const { endedBy, acknowledgedBy, isFalseAlarm, alerts, isFlapping } = incident;
  const count = storm?.alerts ?? alerts;
  return [
    ...row(
      labels.camera,
      camera && (camera.name === camera.id ? camera.id : `${camera.name} (${camera.id})`),
    ),
    ...row(labels.plate, plate),
    ...row(labels.when, whenOf(facts, pack, zone)),
    ...row(
      labels.alerts,
      count > 1 || isFlapping ? `${count}${isFlapping ? `, ${labels.flapping}` : ''}` : '',
    ),
    ...row(labels.incidents, storm && String(storm.incidents)),
    ...row(labels.summary, isStorm(facts) ? undefined : incident.summary),
    ...row(labels.acknowledgedBy, acknowledgedBy),
    ...row(labels.endedBy, endedBy === undefined ? undefined : pack.endedBy(endedBy)),
    ...row(labels.verdict, isFalseAlarm === true ? labels.falseAlarm : undefined),
    ...row(labels.site, site.name),
    ...row(labels.incident, `#${incident.number}`),
  ];
}

/** First and last alert, where there is time between them. */
function whenOf({ incident }: MessageFacts, pack: LanguagePack, zone: string): string {
  const from = longTime(incident.firstAt, zone, pack);
  if (incident.lastAt - incident.firstAt < 60_000) return from;
  return `${from} → ${shortTime(incident.lastAt, zone, pack)}`;
}

function listOf({ storm, gathered }: MessageFacts, pack: LanguagePack, zone: string): Scope['list'] {
  if (storm) return storm.cameras.map(({ name, alerts }) => ({ lead: name, text: String(alerts) }));
  if (!gathered) return [];
  const lines = gathered.incidents.map(({ number, kind, severity, summary, cameraName, at }) => ({
    lead: `#${number}, ${shortTime(at, zone, pack)}`,
    text: `${pack.severities[severity]}: ${kind === undefined ? summary : kindWords(kind, pack)} – ${cameraName}`,
  }));
  return gathered.more > 0 ? [...lines, { lead: `+${gathered.more}`, text: pack.labels.more }] : lines;
}

function shortListOf({ gathered }: MessageFacts): string | undefined {
  if (!gathered) return undefined;
  const shown = gathered.incidents
    .slice(0, 5)
    .map(({ number, cameraName }) => `#${number} ${cutTo(cameraName, 20, '...')}`);
  const more = gathered.incidents.length - shown.length + gathered.more;
  return [...shown, ...(more > 0 ? [`+${more}`] : [])].join(', ');
}

/** Every text in it on one line. */
function clean<T>(value: T): T {
  if (typeof value === 'string') return oneLine(value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => clean(one)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, clean<unknown>(one)])) as T;
}
