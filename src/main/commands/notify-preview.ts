import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Channel, Language, Severity } from '../../domain/alerting/config.js';
import type { MessageFacts, Words } from '../../domain/alerting/message.js';
import { type Sample, sampleFacts } from '../../domain/alerting/sample-facts.js';
import { fitSms, type SmsText } from '../../domain/alerting/sms-text.js';
import { CameraFile } from '../../domain/camera.js';
import { SYSTEM } from '../../domain/ids.js';
import type { Config } from '../../config.js';
import { InputError, messageOf } from '../../errors.js';
import { readCameraFile } from '../../io/camera-file.js';
import { isSystemKind } from '../../io/templates/scope.js';
import { createTemplates } from '../../io/templates/templates.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import type { DatabaseOptions } from '../with-database.js';

export interface PreviewOptions extends DatabaseOptions {
  readonly kind: string;
  readonly severity?: Severity;
  readonly occasion?: MessageFacts['occasion'];
  readonly channel?: Extract<Channel, 'email' | 'sms' | 'push'>;
  readonly language?: Language;
  /** Writes the e-mail there, to be looked at in a browser. */
  readonly html?: string;
}

/** In place of the picture, which travels beside an e-mail. */
const PLACEHOLDER = `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="592" height="333"><rect width="592" height="333" fill="#9ca3af"/></svg>').toString('base64')}`;

/**
 * `camqueue notify preview`: a made-up incident in words. Needs no Redis and sends nothing. Exit code 1 when a template of
 * the installation's own cannot be used.
 */
export async function preview(options: PreviewOptions, now = Date.now): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const { site, cameras } = fileOf(config);
  const kind = kindOf(options.kind);
  const facts = sampleFacts({
    ...{ occasion: options.occasion ?? 'opened', kind, site, now: now() },
    ...(options.severity !== undefined && { severity: options.severity }),
    ...cameraFor(kind, cameras[0]),
    links: linksOf(config),
  });
  const language = options.language ?? site.language;
  const words = await createTemplates({ dir: config.TEMPLATES_DIR }).words(facts, language);
  const sms = smsOf(words, facts, config);
  if (options.html !== undefined) await writeHtml(options.html, words.html);
  if (options.json === true) console.log(JSON.stringify({ language, facts, words, sms }));
  else draw(words, sms, options.channel, config).forEach((line) => console.log(line));
  if (words.problem === undefined) return EXIT_OK;
  process.stderr.write(`the built-in template is used: ${words.problem}\n`);
  return EXIT_FAILED;
}

function draw(
  words: Words,
  sms: SmsText,
  only: PreviewOptions['channel'],
  { SMS_MAX_SEGMENTS }: Config,
): string[] {
  const parts = {
    email: ['E-MAIL', `Subject: ${words.subject}`, '', words.text.trimEnd()],
    push: ['PUSH', words.title, words.body],
    sms: [
      `SMS, ${sms.segments} of at most ${SMS_MAX_SEGMENTS} segments, ${sms.text.length} characters`,
      sms.text,
    ],
  };
  if (only !== undefined) return parts[only];
  return [...parts.email, '', ...parts.push, '', ...parts.sms];
}

/** As the channel sends it. */
function smsOf(words: Words, { links, replyCode }: MessageFacts, config: Config): SmsText {
  const keep = [links.acknowledge, replyCode, links.incident].filter((one) => one !== undefined);
  return fitSms(words.short, keep, { maxSegments: config.SMS_MAX_SEGMENTS, plain: config.SMS_PLAIN });
}

/** Also before there is a camera file. @throws InputError when it is wrong */
function fileOf({ CAMERAS_FILE }: Config): Pick<CameraFile, 'site' | 'cameras'> {
  return existsSync(CAMERAS_FILE)
    ? readCameraFile(CAMERAS_FILE, process.env)
    : CameraFile.parse({ cameras: [] });
}

/** One of the file where there is one; what goes wrong with the system is about none. */
function cameraFor(kind: string, first: CameraFile['cameras'][number] | undefined): Pick<Sample, 'camera'> {
  if (isSystemKind(kind)) return { camera: { id: SYSTEM, name: SYSTEM } };
  return first ? { camera: { id: first.id, name: first.name ?? first.id } } : {};
}

function linksOf({ PUBLIC_URL }: Config): MessageFacts['links'] {
  const base = (PUBLIC_URL ?? 'https://cameras.example.org').replace(/\/+$/, '');
  return { incident: `${base}/incidents/42`, acknowledge: `${base}/a/1z.AbCdEfGhIjKlMnOp` };
}

function kindOf(kind: string): string {
  if (/^[a-z][a-z0-9-]{0,62}$/.test(kind)) return kind;
  throw new InputError(`--kind "${kind}" must be lower-case words with "-", for example intrusion`);
}

async function writeHtml(path: string, html: string): Promise<void> {
  try {
    await writeFile(path, html.replace('cid:snapshot.jpg', PLACEHOLDER));
  } catch (error) {
    throw new InputError(`--html ${path} cannot be written: ${messageOf(error)}`);
  }
}
