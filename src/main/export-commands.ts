import { type Command, InvalidArgumentError, Option } from 'commander';
import { ClipFormat } from '../domain/export/request.js';
import type { Shared } from './command-group.js';
import type { ExportOptions } from './commands/export.js';

/** `camqueue export …` and `camqueue exports …`; what they do is loaded when they are called. */
export function addExportCommands(program: Command, exports: Command, shared: Shared): void {
  addExport(program, shared);
  addExports(exports, shared.finish);
}

function addExport(program: Command, { camerasFile, dataDir, json, finish }: Shared): void {
  program
    .command('export')
    .description('cut a stretch of time out of a camera’s recordings; Ctrl-C cancels it')
    .requiredOption('--camera <id>', 'camera')
    .option('--from <time>', 'ISO 8601; without a zone it is the time of the site: 2026-11-22T08:00')
    .option('--to <time>', 'the same; the clip ends before it')
    .option('--last <time>', 'instead of both: up to now, for example 10m, 1h30m, 90s', lengthOfTime)
    .addOption(new Option('--format <format>', 'of the file').choices(ClipFormat.options).default('mp4'))
    .option('--watermark', 'camera name, place and capture time drawn into the pictures')
    .option('--overlay', 'boxes, ids, zones, lines and counts drawn into the pictures')
    .option('--blur-faces', 'faces made unrecognisable')
    .option('--evidence', 'a signed package beside the clip, with the original recordings')
    .addOption(
      new Option('--gaps <how>', 'where nothing was recorded: left out, or a black picture that says why')
        .choices(['skip', 'black'])
        .default('skip'),
    )
    .option('--partial', 'also when parts of it were not recorded')
    .option('--reason <text>', 'why; kept with it')
    .option('--out <file>', 'write the clip there; a folder gets it under a name that says what it is')
    .option('--dry-run', 'only say what it would be: size, how, gaps, free room')
    .addOption(camerasFile())
    .addOption(dataDir())
    .addOption(json())
    .action(async (options: ExportOptions) =>
      finish((await import('./commands/export.js')).exportCommand(options)),
    );
}

function addExports(exports: Command, finish: Shared['finish']): void {
  const load = () => import('./commands/exports.js');
  exports
    .command('list', { isDefault: true })
    .description('newest first')
    .option('--camera <id>', 'of one camera')
    .option('--limit <n>', 'at most', wholeNumber, 20)
    .action(async (_: unknown, command: Command) => finish((await load()).list(command.optsWithGlobals())));
  exports
    .command('show')
    .argument('<id>', 'as listed')
    .description('one export: how far it is, where its files are')
    .action(async (id: string, _: unknown, command: Command) =>
      finish((await load()).show(id, command.optsWithGlobals())),
    );
  exports
    .command('link')
    .argument('<id>', 'as listed')
    .description('an address that gives the file without a login until it expires')
    .option('--for <time>', 'how long: 24h, 7d; at most 30d', lengthOfTime, 86_400_000)
    .addOption(new Option('--file <file>', 'which').choices(['clip', 'evidence']).default('clip'))
    .action(async (id: string, _: unknown, command: Command) =>
      finish((await load()).link(id, command.optsWithGlobals())),
    );
  exports
    .command('remove')
    .argument('<id>', 'as listed')
    .description('cancel it, or remove its files')
    .action(async (id: string, _: unknown, command: Command) =>
      finish((await load()).remove(id, command.optsWithGlobals())),
    );
}

/** To ms. */
function lengthOfTime(text: string): number {
  const [whole, d, h, m, s] =
    /^(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/.exec(text) ?? [];
  const seconds = Number(d ?? 0) * 86_400 + Number(h ?? 0) * 3600 + Number(m ?? 0) * 60 + Number(s ?? 0);
  if (whole === undefined || seconds === 0)
    throw new InvalidArgumentError('must be a time such as 10m, 1h30m, 90s or 2d');
  return seconds * 1000;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('must be a whole number of at least 1');
  return value;
}
