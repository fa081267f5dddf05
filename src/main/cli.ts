#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { queueNames } from '../../jobs/registry.js';
import { redactUrls } from '../domain/redact.js';
import { InputError, messageOf } from '../errors.js';
import type { PlatesOptions } from './commands/plates.js';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE } from './exit-codes.js';
import { VERSION } from './installation.js';
import { addAlertingCommands } from './alerting-commands.js';
import { addCountingCommands } from './counting-commands.js';
import { addMediaCommands } from './media-commands.js';
import { addListCommands } from './list-commands.js';

/**
 * The command line. Commands are loaded when they are called: `camqueue --help` loads no network and no Redis.
 * Every command resolves to its exit code: 0 done, 1 something failed, 2 wrong usage.
 */
const json = (): Option => new Option('--json', 'JSON lines on stdout, nothing else there');
const camerasFile = (): Option =>
  new Option('--cameras <file>', 'camera file (default: CAMERAS_FILE or cameras.yaml)');
const dataDir = (): Option => new Option('--data <folder>', 'data folder (default: DATA_DIR or data)');

const program = new Command('camqueue')
  .description(
    'Security and traffic cameras as durable background jobs: sample, detect, track, count, alert.',
  )
  .version(VERSION)
  .showHelpAfterError('(camqueue --help shows how)')
  .addHelpText(
    'after',
    `
Start here
  camqueue demo                                    the whole system on sample footage, a minute and a half
  camqueue replay clip.mp4 --camera cameras.yaml   one file through the whole road, every event printed
  camqueue detect street.jpg --draw out.png        what the network sees in a picture
  camqueue plates street.jpg --draw out            the plates in a picture
  camqueue run --cameras cameras.yaml              everything on this machine, until Ctrl-C

More machines (same REDIS_URL, FRAME_REDIS_URL and DATABASE_URL everywhere)
  camqueue worker motion        one process per core
  camqueue worker license-plate one process per core, where cameras read plates
  camqueue worker alert escalation notification incident-sweep occupancy health-check
  camqueue worker traffic-flow report calibration-check cleanup backup
  camqueue worker export-clip archive    on each machine with recordings
  camqueue worker live-frame

Work with queues: ${queueNames.join(', ')}
  camqueue enqueue alert '{"id":"door-1","cameraId":"gate-1","kind":"intrusion","at":1795251600000,"summary":"door open"}' --wait
  camqueue jobs                 depth of every queue
  camqueue jobs list alert --state failed
  camqueue jobs retry alert <id>

Exit codes: 0 done, 1 something failed, 2 wrong usage. Settings: see .env.example.`,
  );

program
  .command('run')
  .description('everything on this machine: sampler, workers, scheduler, API; stops on Ctrl-C')
  .addOption(camerasFile())
  .addOption(dataDir())
  .option('--again', 'read files from the start that were finished before')
  .action(async (options: RunOptions) => finish((await import('./commands/run.js')).run(options)));

program
  .command('sampler')
  .description('read the cameras: motion gate, frame rings, status, recordings; any number share them')
  .addOption(camerasFile())
  .addOption(dataDir())
  .option('--again', 'read files from the start that were finished before')
  .option('--exit-when-finished', 'end when every enabled camera is a file that is through')
  .action(async (options: RunOptions) => finish((await import('./commands/sampler.js')).sampler(options)));

program
  .command('worker')
  .description('work on the jobs of some queues')
  .argument('<queue...>', `one or more of ${queueNames.join(', ')}`, queueArgument)
  .addOption(camerasFile())
  .addOption(dataDir())
  .action(async (queues: string[], options: RunOptions) =>
    finish((await import('./commands/worker.js')).worker(queues, options)),
  );

program
  .command('scheduler')
  .description('fire the recurring work; any number of them may run')
  .addOption(camerasFile())
  .addOption(dataDir())
  .action(async (options: RunOptions) =>
    finish((await import('./commands/scheduler.js')).scheduler(options)),
  );

program
  .command('api')
  .description('HTTP API, Bull Board and the camera page')
  .addOption(camerasFile())
  .addOption(dataDir())
  .action(async (options: RunOptions) => finish((await import('./commands/api.js')).api(options)));

program
  .command('health')
  .description('the newest health report; exit code 1 when something has failed or no check runs')
  .option('--now', 'look now instead')
  .addOption(camerasFile())
  .addOption(dataDir())
  .addOption(json())
  .action(async (options: HealthOptions) => finish((await import('./commands/health.js')).health(options)));

program
  .command('enqueue')
  .description('add one job; the payload is checked against the contract of its queue')
  .argument('<queue>', `one of ${queueNames.join(', ')}`, queueArgument)
  .argument('<json>', 'the payload')
  .option('--id <id>', 'job id; the same id is the same job')
  .option('--wait', 'wait until the job has ended; exit 1 when it failed')
  .addOption(dataDir())
  .addOption(json())
  .action(async (queue: string[], payload: string, options: EnqueueOptions) =>
    finish((await import('./commands/enqueue.js')).enqueue(queue.at(-1) ?? '', payload, options)),
  );

const jobs = program
  .command('jobs')
  .description('look at and steer queues')
  .addOption(dataDir())
  .addOption(json());
jobs
  .command('depth', { isDefault: true })
  .description('jobs by state of every queue')
  .action(async (_options: unknown, command: Command) =>
    finish((await import('./commands/jobs.js')).depth(command.optsWithGlobals())),
  );
jobs
  .command('list')
  .argument('<queue>', 'queue', queueArgument)
  .addOption(
    new Option('--state <state>', 'state')
      .choices(['waiting', 'active', 'delayed', 'completed', 'failed'])
      .default('failed'),
  )
  .option('--limit <n>', 'at most', wholeNumber, 20)
  .action(async (queue: string[], _options: unknown, command: Command) =>
    finish((await import('./commands/jobs.js')).list(queue.at(-1) ?? '', command.optsWithGlobals())),
  );
for (const verb of ['show', 'cancel', 'retry'] as const) {
  jobs
    .command(verb)
    .argument('<queue>', 'queue', queueArgument)
    .argument('<id>', 'job id')
    .action(async (queue: string[], id: string, _options: unknown, command: Command) =>
      finish((await import('./commands/jobs.js'))[verb](queue.at(-1) ?? '', id, command.optsWithGlobals())),
    );
}

program
  .command('detect')
  .description('find objects in pictures; needs no Redis')
  .argument('<picture...>', 'JPEG, PNG, WebP …')
  .option('--draw <file>', 'write the picture with boxes; several pictures get numbered files')
  .option('--network <name>', 'network under models/', 'nanodet-g-416')
  .option('--classes <list>', 'for example person,car (default: all)', (text: string) => text.split(','))
  .option('--min-score <n>', '0..1', unitNumber, 0.4)
  .addOption(json())
  .action(async (files: string[], options: DetectOptions) =>
    finish((await import('./commands/detect-pictures.js')).detectPictures(files, options)),
  );

program
  .command('plates')
  .description('read the plates in pictures; needs no Redis')
  .argument('<picture...>', 'JPEG, PNG, WebP …')
  .option('--draw <folder>', 'write each picture there with what was read drawn in')
  .addOption(json())
  .action(async (files: string[], options: PlatesOptions) =>
    finish((await import('./commands/plates-of-pictures.js')).platesOfPictures(files, options)),
  );

program
  .command('replay')
  .description(
    'one file through the same job handlers, complete, in order, as fast as it goes; every event printed; needs no Redis',
  )
  .argument('<video>', 'video file')
  .requiredOption('--camera <file>', 'camera file')
  .option('--id <camera>', 'which camera of the file (default: the first)')
  .option(
    '--start <time>',
    'capture time of the first frame, ISO 8601 (default: when the file was last changed)',
    isoTime,
  )
  .option('--annotate <folder>', 'write each picture the detector looked at, with boxes drawn')
  .addOption(json())
  .action(async (video: string, options: ReplayOptions) =>
    finish((await import('./commands/replay.js')).replay(video, options)),
  );

program
  .command('demo')
  .description('the whole system on sample footage or sources of your own, with a live view and a summary')
  .argument('[source...]', 'video files or stream addresses (default: media/vtest.avi)')
  .option(
    '--data <folder>',
    'folder of the demonstration, emptied at its start (default: data/demo of the installation)',
  )
  .option('--keep', 'leave it running and show the addresses of the board and the API')
  .option(
    '--seconds <n>',
    'stop after this long (default: when the sample is through, 60 for your own)',
    wholeNumber,
  )
  .action(async (sources: string[], options: DemoOptions) =>
    finish((await import('./commands/demo.js')).demo(sources, options)),
  );

const cameras = program
  .command('cameras')
  .description('the camera file, and cameras kept in the database')
  .addOption(camerasFile())
  .addOption(dataDir())
  .addOption(json());
cameras
  .command('list')
  .description('all cameras with their status')
  .action(async (_options: unknown, command: Command) =>
    finish((await import('./commands/cameras.js')).list(command.optsWithGlobals())),
  );
cameras
  .command('test')
  .argument('<camera>', 'id of a camera, or a source')
  .description('connect once: codec, size, frame rate, or what is wrong')
  .addOption(new Option('--transport <how>', 'RTSP of a source').choices(['tcp', 'udp']).default('tcp'))
  .option('--snapshot <file>', 'write the first picture there (JPEG)')
  .action(async (what: string, _options: unknown, command: Command) =>
    finish((await import('./commands/camera-test.js')).test(what, command.optsWithGlobals())),
  );
cameras
  .command('add')
  .argument('<file>', 'one camera as in the camera file, YAML or JSON; - reads standard input')
  .description('keep a camera in the database; running processes follow')
  .action(async (path: string, _options: unknown, command: Command) =>
    finish((await import('./commands/cameras.js')).add(path, command.optsWithGlobals())),
  );
for (const [verb, text] of [
  ['remove', 'take a camera out of the database'],
  ['enable', 'switch a camera on again'],
  ['disable', 'switch a camera off, also one of the camera file'],
] as const) {
  cameras
    .command(verb)
    .argument('<id>', 'camera')
    .description(text)
    .action(async (id: string, _options: unknown, command: Command) =>
      finish((await import('./commands/cameras.js'))[verb](id, command.optsWithGlobals())),
    );
}
cameras
  .command('check')
  .argument('[file]', 'camera file (default: CAMERAS_FILE or cameras.yaml)')
  .description('parse it and list the cameras, or every mistake in it')
  .action(async (file: string | undefined, _options: unknown, command: Command) =>
    finish((await import('./commands/cameras.js')).check(file, command.optsWithGlobals())),
  );
cameras
  .command('schema')
  .description('JSON Schema of the camera file, for editors')
  .addHelpText(
    'after',
    `
  camqueue cameras schema > cameras.schema.json
and as first line of cameras.yaml
  # yaml-language-server: $schema=./cameras.schema.json`,
  )
  .action(async () => finish((await import('./commands/cameras.js')).schema()));

program
  .command('coverage')
  .argument('[camera...]', 'default: all')
  .description('what was recorded and analysed, every gap with its cause; exit code 1 when one has none')
  .option('--from <time>', 'ISO 8601 (default: 24 hours before --to)', isoTime)
  .option('--to <time>', 'ISO 8601 (default: now)', isoTime)
  .addOption(camerasFile())
  .addOption(dataDir())
  .addOption(json())
  .action(async (ids: string[], options: CoverageOptions) =>
    finish((await import('./commands/coverage.js')).coverage(ids, options)),
  );

addListCommands(program, { json, dataDir, camerasFile, finish });
addAlertingCommands(program, { json, dataDir, camerasFile, finish });
addCountingCommands(program, { json, dataDir, camerasFile, finish });
addMediaCommands(program, { json, dataDir, camerasFile, finish });

const keys = program
  .command('keys')
  .description('API keys and people who may log in')
  .addOption(dataDir())
  .addOption(json());
keys
  .command('add')
  .argument('<name>', 'who or what it is for')
  .addOption(
    new Option('--role <role>', 'what it may do')
      .choices(['viewer', 'operator', 'admin'])
      .default('operator'),
  )
  .addOption(
    new Option('--kind <kind>', 'key for a machine, person with a password')
      .choices(['key', 'person'])
      .default('key'),
  )
  .description('make one; the secret is shown once')
  .action(async (name: string, _options: unknown, command: Command) =>
    finish((await import('./commands/keys.js')).add(name, command.optsWithGlobals())),
  );
keys
  .command('list')
  .action(async (_options: unknown, command: Command) =>
    finish((await import('./commands/keys.js')).list(command.optsWithGlobals())),
  );
keys
  .command('disable')
  .argument('<name>', 'as listed')
  .addOption(new Option('--kind <kind>', 'key or person').choices(['key', 'person']).default('key'))
  .action(async (name: string, _options: unknown, command: Command) =>
    finish((await import('./commands/keys.js')).disable(name, command.optsWithGlobals())),
  );

program
  .command('bench [parts...]')
  .description('measure the road and the plates, and print a table; parts as with --only')
  .option('--seconds <n>', 'how long each thing is measured', wholeNumber, 10)
  .option('--video <file>', 'footage (default: media/vtest.avi)')
  .option(
    '--only <parts>',
    'road,gate,four,sixteen,queue,latency,idle,plates,counting,media,alerts (default: all)',
    (text: string) => text.split(','),
  )
  .addOption(json())
  .action(async (parts: string[], options: BenchOptions) => {
    const only = [...(options.only ?? []), ...parts];
    return finish(
      (await import('./commands/bench.js')).bench(only.length > 0 ? { ...options, only } : options),
    );
  });

export interface RunOptions {
  readonly cameras?: string;
  readonly data?: string;
  readonly again?: boolean;
  readonly exitWhenFinished?: boolean;
}
export interface HealthOptions {
  readonly cameras?: string;
  readonly data?: string;
  readonly now?: boolean;
  readonly json?: boolean;
}
export interface EnqueueOptions {
  readonly data?: string;
  readonly id?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}
export interface DetectOptions {
  readonly draw?: string;
  readonly network: string;
  readonly classes?: string[];
  readonly minScore: number;
  readonly json?: boolean;
}
export interface ReplayOptions {
  readonly camera: string;
  readonly id?: string;
  readonly start?: number;
  readonly annotate?: string;
  readonly json?: boolean;
}
export interface DemoOptions {
  readonly data?: string;
  readonly keep?: boolean;
  readonly seconds?: number;
}
export interface CoverageOptions {
  readonly cameras?: string;
  readonly data?: string;
  readonly from?: number;
  readonly to?: number;
  readonly json?: boolean;
}
export interface BenchOptions {
  readonly seconds: number;
  readonly video?: string;
  readonly only?: string[];
  readonly json?: boolean;
}

function queueArgument(name: string, earlier: string[] | undefined): string[] {
  if (!(queueNames as string[]).includes(name))
    throw new InvalidArgumentError(`there is no queue "${name}"; queues: ${queueNames.join(', ')}`);
  return [...(earlier ?? []), name];
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('must be a whole number of at least 1');
  return value;
}

function unitNumber(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('must be in 0..1');
  return value;
}

function isoTime(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('must be a time such as 2026-11-21T08:00:00Z');
  return at;
}

async function finish(command: Promise<number>): Promise<void> {
  process.exitCode = await command;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
  const text = redactUrls(messageOf(error));
  process.stderr.write(`camqueue: ${text}\n`);
  if (error instanceof InputError) return EXIT_USAGE;
  if (process.env['LOG_LEVEL'] === 'debug' && error instanceof Error)
    process.stderr.write(`${redactUrls(error.stack ?? '')}\n`);
  return EXIT_FAILED;
}

program.exitOverride();
for (const command of program.commands) {
  command.exitOverride();
  command.commands.forEach((sub) => sub.exitOverride());
}
program
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = report(error);
  })
  // Nothing else is to be done; a library's forgotten timer must not hold the process.
  .finally(() => setTimeout(() => process.exit(), 1000).unref());
