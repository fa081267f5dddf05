import { type Command, InvalidArgumentError } from 'commander';
import type { Shared } from './command-group.js';

/** `camqueue archive|hold …`; what they do is loaded when they are called. */
export function addArchiveCommands(archive: Command, hold: Command, shared: Shared): void {
  addArchive(archive, shared.finish);
  addHold(hold, shared.finish);
}

const FROM = 'ISO 8601; without a zone it is the time of the site: 2026-11-22T08:00';

function addArchive(archive: Command, finish: Shared['finish']): void {
  const load = () => import('./commands/archive.js');
  archive
    .command('run')
    .description('move old recordings to cold storage, delete what is older than it is kept; Ctrl-C stops it')
    .option('--dry-run', 'only say what would happen to the recordings of this machine')
    .option('--camera <id>', 'of one camera')
    .action(async (_: unknown, command: Command) => finish((await load()).run(command.optsWithGlobals())));
  archive
    .command('restore')
    .description('bring recordings back from cold storage for some days')
    .requiredOption('--camera <id>', 'camera')
    .requiredOption('--from <time>', FROM)
    .requiredOption('--to <time>', 'the same')
    .option('--days <n>', 'so long they stay', wholeNumber, 7)
    .action(async (_: unknown, command: Command) =>
      finish((await load()).restore(command.optsWithGlobals())),
    );
  archive
    .command('scrub')
    .description(
      'compare recordings with their hashes, those longest not looked at first; exit code 1 when some are damaged',
    )
    .option('--max-gb <n>', 'so much at most', wholeNumber, 50)
    .action(async (_: unknown, command: Command) => finish((await load()).scrub(command.optsWithGlobals())));
  archive
    .command('reports', { isDefault: true })
    .description('what was done, newest first')
    .option('--limit <n>', 'at most', wholeNumber, 10)
    .option('--show <id>', 'one of them, in full')
    .action(async (_: unknown, command: Command) =>
      finish((await load()).reports(command.optsWithGlobals())),
    );
}

function addHold(hold: Command, finish: Shared['finish']): void {
  const load = () => import('./commands/hold.js');
  hold
    .command('list', { isDefault: true })
    .description('newest first')
    .option('--camera <id>', 'of one camera')
    .option('--all', 'also released ones')
    .action(async (_: unknown, command: Command) => finish((await load()).list(command.optsWithGlobals())));
  hold
    .command('add')
    .description('keep what is recorded in a stretch of time until the hold is released')
    .requiredOption('--camera <id>', 'camera')
    .requiredOption('--from <time>', FROM)
    .requiredOption('--to <time>', 'the same; may lie ahead')
    .requiredOption('--reason <text>', 'why; kept with it')
    .action(async (_: unknown, command: Command) => finish((await load()).add(command.optsWithGlobals())));
  hold
    .command('release')
    .argument('<id>', 'as listed')
    .description('what it held goes its way again')
    .action(async (id: string, _: unknown, command: Command) =>
      finish((await load()).release(id, command.optsWithGlobals())),
    );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('must be a whole number of at least 1');
  return value;
}
