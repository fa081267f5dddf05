import type { Command } from 'commander';
import { groupsOf, type Shared } from './command-group.js';

/** `camqueue backup|restore …` and what else works on recordings; what they do is loaded when they are called. */
export function addMediaCommands(program: Command, shared: Shared): void {
  const group = groupsOf(program, shared);
  addBackup(program, group('backup', 'copies of database, configuration and keys'), shared);
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
