import { type Command, InvalidArgumentError } from 'commander';
import { addArchiveCommands } from './archive-commands.js';
import type { RunOptions } from './cli.js';
import { groupsOf, type Shared } from './command-group.js';
import type { FacesOptions } from './commands/faces.js';
import type { VerifyOptions } from './commands/verify.js';
import { addExportCommands } from './export-commands.js';

/** `camqueue backup|restore …` and what else works on recordings; what they do is loaded when they are called. */
export function addMediaCommands(program: Command, shared: Shared): void {
  const group = groupsOf(program, shared);
  addEvidence(
    program,
    group('evidence', 'signed packages of evidence, and the keys they are verified with'),
    shared,
  );
  addFaces(program, shared);
  addExportCommands(program, group('exports', 'clips that were cut out of recordings'), shared);
  addArchiveCommands(
    group('archive', 'old recordings in cold storage: move, restore, look for damage'),
    group('hold', 'recordings that must not go, until somebody releases them'),
    shared,
  );
  addBackup(program, group('backup', 'copies of database, configuration and keys'), shared);
  addRestream(program, shared);
}

function addFaces(program: Command, { json, finish }: Shared): void {
  program
    .command('faces')
    .description('find the faces in pictures; needs no Redis')
    .argument('<picture...>', 'JPEG, PNG, WebP …')
    .option('--draw <folder>', 'write each picture there with the faces drawn in')
    .addOption(json())
    .action(async (files: string[], options: FacesOptions) =>
      finish((await import('./commands/faces-of-pictures.js')).facesOfPictures(files, options)),
    );
}

function addBackup(program: Command, backup: Command, shared: Shared): void {
  const load = () => import('./commands/backup.js');
  const { finish } = shared;
  backup
    .command('list', { isDefault: true })
    .description('newest first')
    .action(async (_: unknown, command: Command) => finish((await load()).list(command.optsWithGlobals())));
  backup
    .command('make')
    .description('make one now, and restore it on trial')
    .action(async (_: unknown, command: Command) => finish((await load()).make(command.optsWithGlobals())));
  program
    .command('restore')
    .argument('<backup>', 'a file, or the name of one as `backup list` shows it')
    .description('put a backup into a new, empty installation')
    .addOption(shared.camerasFile())
    .addOption(shared.dataDir())
    .addOption(shared.json())
    .action(async (name: string, _: unknown, command: Command) =>
      finish((await load()).restore(name, command.optsWithGlobals())),
    );
}

function addEvidence(program: Command, evidence: Command, shared: Shared): void {
  const load = () => import('./commands/evidence.js');
  const { finish } = shared;
  evidence
    .command('list', { isDefault: true })
    .description('newest first')
    .option('--camera <id>', 'of one camera')
    .option('--limit <n>', 'at most', wholeNumber, 20)
    .action(async (_: unknown, command: Command) => finish((await load()).list(command.optsWithGlobals())));
  evidence
    .command('keys')
    .description('the public keys as PEM: give them to whoever is to verify')
    .action(async (_: unknown, command: Command) => finish((await load()).keys(command.optsWithGlobals())));
  program
    .command('verify')
    .argument('<package...>', 'folders or ZIP files')
    .description('prove packages of evidence, or name what was changed; needs no server and no network')
    .option(
      '--key <file>',
      'public keys (PEM) that you trust; may be repeated (default: those of the database here, if there is one)',
      (file: string, earlier: string[] | undefined) => [...(earlier ?? []), file],
    )
    .option('--chain', 'they must also follow one another without a hole')
    .addOption(shared.dataDir())
    .addOption(shared.json())
    .action(async (packages: string[], options: VerifyOptions) =>
      finish((await import('./commands/verify.js')).verify(packages, options)),
    );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('must be a whole number of at least 1');
  return value;
}

function addRestream(program: Command, shared: Shared): void {
  program
    .command('restream')
    .description(
      'publish the processed streams of cameras with `restream`, by RTMP or RTSP; any number share them',
    )
    .addOption(shared.camerasFile())
    .addOption(shared.dataDir())
    .action(async (options: RunOptions) =>
      shared.finish((await import('./commands/restream.js')).restream(options)),
    );
}
