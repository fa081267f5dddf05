import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CalibrateOptions } from './commands/calibrate.js';
import type { CountOptions } from './commands/count.js';
import type { FlowOptions } from './commands/flow.js';
import { groupsOf, type Shared } from './command-group.js';

/** `camqueue areas|counts|calibrate|count|flow …`; what they do is loaded when they are called. */
export function addCountingCommands(program: Command, shared: Shared): void {
  const group = groupsOf(program, shared);
  addAreas(group('areas', 'how many are inside, and setting it right'), shared.finish);
  addCounts(group('counts', 'what crossed lines: sums, and each count'), shared.finish);
  addCalibrate(program, shared);
  addCount(program, shared);
  addFlow(program, shared);
}

type Finish = Shared['finish'];

function addAreas(areas: Command, finish: Finish): void {
  const load = () => import('./commands/areas.js');
  areas
    .command('list', { isDefault: true })
    .description('how many are inside each area, and how sure that is')
    .action(async (_: unknown, command: Command) => finish((await load()).list(command.optsWithGlobals())));
  areas
    .command('correct')
    .argument('<area>', 'as listed')
    .argument('<inside>', 'how many are inside, as somebody has counted', upToMillion)
    .description('set the count right; who did it is in the audit trail')
    .option('--note <text>', 'why')
    .action(async (area: string, inside: number, _: unknown, command: Command) =>
      finish((await load()).correct(area, inside, command.optsWithGlobals())),
    );
  areas
    .command('reset')
    .argument('<area>', 'as listed')
    .description('begin the count again, as the daily reset does')
    .option('--note <text>', 'why')
    .action(async (area: string, _: unknown, command: Command) =>
      finish((await load()).reset(area, command.optsWithGlobals())),
    );
}

function addCounts(counts: Command, finish: Finish): void {
  const load = () => import('./commands/counts.js');
  const windowed = (command: Command): Command =>
    command
      .option('--camera <id>', 'of one camera')
      .option('--from <time>', 'ISO 8601; default: midnight of the site', isoTime)
      .option('--to <time>', 'ISO 8601', isoTime);
  windowed(counts.command('sum', { isDefault: true }))
    .description('in and out by line and class')
    .action(async (_: unknown, command: Command) => finish((await load()).sum(command.optsWithGlobals())));
  windowed(counts.command('list'))
    .description('each count, newest first: time, track, class, direction, speed')
    .option('--line <id>', 'over one line')
    .option('--class <class>', 'of one class')
    .addOption(new Option('--direction <direction>', 'one way').choices(['in', 'out']))
    .option('--limit <n>', 'at most', upToMillion, 50)
    .action(async (_: unknown, command: Command) => finish((await load()).list(command.optsWithGlobals())));
}

function addCalibrate(program: Command, { camerasFile, json, finish }: Shared): void {
  program
    .command('calibrate')
    .description(
      'what the calibration of a camera is worth: residuals, metres per pixel, errors of speeds; its grid on a picture',
    )
    .addOption(camerasFile())
    .option('--id <camera>', 'which camera (default: the only one with a calibration)')
    .option('--picture <file>', 'picture to measure and draw on (default: one taken from the camera)')
    .option('--video <file>', 'take the picture from this video instead')
    .option('--draw <file>', 'write the picture with the metre grid and the points (.png, .jpg, .webp)')
    .addOption(json())
    .action(async (options: CalibrateOptions) =>
      finish((await import('./commands/calibrate.js')).calibrate(options)),
    );
}

function addFlow(program: Command, { camerasFile, dataDir, json, finish }: Shared): void {
  program
    .command('flow')
    .argument('<camera>', 'camera id')
    .description('traffic of a camera by hour or day: counts, speeds, congestion; computes what has changed')
    .option('--from <time>', 'ISO 8601; default: midnight of the site', isoTime)
    .option('--to <time>', 'windows that begin before; default: now', isoTime)
    .addOption(
      new Option('--granularity <length>', 'length of the windows')
        .choices(['quarter', 'hour', 'day'])
        .default('hour'),
    )
    .addOption(camerasFile())
    .addOption(dataDir())
    .addOption(json())
    .option('--html <file>', 'also write a page that prints')
    .addOption(new Option('--csv', 'a table for spreadsheets on stdout').conflicts('json'))
    .action(async (camera: string, options: FlowOptions) =>
      finish((await import('./commands/flow.js')).flow(camera, options)),
    );
}

function upToMillion(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || value > 1_000_000)
    throw new InvalidArgumentError('must be a whole number from 0 to 1000000');
  return value;
}

function isoTime(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('must be a time such as 2026-11-21T08:00:00Z');
  return at;
}

function addCount(program: Command, { json, finish }: Shared): void {
  program
    .command('count')
    .description('count what crosses lines in many files and cameras at once; needs no Redis')
    .argument('[source...]', 'video files, folders of pictures, stream addresses, video devices')
    .option(
      '--line <line>',
      'x1,y1,x2,y2 in 0..1 of the picture, or name=x1,y1,x2,y2; several times (default: 0,0.5,1,0.5)',
      (text: string, before: string[] | undefined) => [...(before ?? []), text],
    )
    .option('--class <list>', 'what is counted, for example person,car (default: person)', (text: string) =>
      text.split(',').map((name) => name.trim()),
    )
    .option('--config <file>', 'JSON or YAML with cameras[] and videos[]; options here say more')
    .option('--workers <n>', 'processes (default: one a core)', positiveWhole)
    .option('--output <folder>', 'results (JSON, CSV) and logs')
    .option('--fps <n>', 'frames looked at a second (default: 10)', positive)
    .option('--threshold <n>', 'more inside than this raise an alert', positiveWhole)
    .option('--duration <s>', 'live sources end after this long (default: Ctrl-C)', positive)
    .option('--log-level <level>', 'of the logs in the output folder (default: info)')
    .option('--no-throttle', 'do not hold back when the machine is short of processor time or memory')
    .option('--quiet', 'only the result')
    .addOption(json())
    .addHelpText(
      'after',
      `
  camqueue count a.mp4 b.mp4 rtsp://10.0.0.5/main --line 0,0.5,1,0.5 --class person --workers 4 --output results
  camqueue count --config parallel.json --json
Standing at x1,y1 and looking to x2,y2, "in" is a crossing from the left hand to the right: over a line drawn from left
to right, downwards.`,
    )
    .action(async (sources: string[], options: CountOptions) =>
      finish((await import('./commands/count.js')).count(sources, options)),
    );
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('must be a number above 0');
  return value;
}

function positiveWhole(text: string): number {
  const value = positive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('must be a whole number of at least 1');
  return value;
}
