import type { Command, Option } from 'commander';

/** What all files of commands are given: options that mean the same everywhere, and how a command ends. */
export interface Shared {
  readonly json: () => Option;
  readonly dataDir: () => Option;
  readonly camerasFile: () => Option;
  readonly finish: (command: Promise<number>) => Promise<void>;
}

/** Adds groups of commands that work on an installation's data. */
export function groupsOf(program: Command, shared: Shared): (name: string, description: string) => Command {
  return (name, description) =>
    program
      .command(name)
      .description(description)
      .addOption(shared.camerasFile())
      .addOption(shared.dataDir())
      .addOption(shared.json());
}
