import { type Command, InvalidArgumentError, Option } from 'commander';

interface Shared {
  readonly json: () => Option;
  readonly dataDir: () => Option;
  readonly camerasFile: () => Option;
  readonly finish: (command: Promise<number>) => Promise<void>;
}

/** `camqueue lists …` and `camqueue passages …`; what they do is loaded when they are called. */
export function addListCommands(program: Command, shared: Shared): void {
  addLists(program, shared);
  const { json, dataDir, camerasFile, finish } = shared;
  program
    .command('passages')
    .argument('[plate]', 'with or without marks; * stands for any number of characters, ? for one')
    .description('vehicles that went past, newest first, by their plates')
    .option('--fuzzy <n>', 'also plates this many characters away, 1-3; look-alikes count half', wholeNumber)
    .option('--camera <id>', 'of one camera')
    .option('--list <id>', 'that matched this list')
    .addOption(
      new Option('--verdict <verdict>', 'how sure').choices(['accepted', 'needs-review', 'rejected']),
    )
    .option('--from <time>', 'ISO 8601', isoTime)
    .option('--to <time>', 'ISO 8601', isoTime)
    .option('--limit <n>', 'at most', wholeNumber, 20)
    .addOption(camerasFile())
    .addOption(dataDir())
    .addOption(json())
    .action(async (plate: string | undefined, options: object) =>
      finish((await import('./commands/passages.js')).passages(plate, options)),
    );
}

function addLists(program: Command, { json, dataDir, camerasFile, finish }: Shared): void {
  const load = () => import('./commands/plate-lists.js');
  const lists = program
    .command('lists')
    .description('lists of plates: deny, allow, watch')
    .addOption(camerasFile())
    .addOption(dataDir())
    .addOption(json());
  lists
    .command('show', { isDefault: true })
    .argument('[list]', 'its entries; default: all lists')
    .description('the lists, or the entries of one')
    .action(async (list: string | undefined, _: unknown, command: Command) =>
      finish((await load()).show(list, command.optsWithGlobals())),
    );
  lists
    .command('make')
    .argument('<list>', 'letters, digits, - and _')
    .description('make a list, or change what it means; its entries stay')
    .addOption(
      new Option('--kind <kind>', 'what being on it means')
        .choices(['deny', 'allow', 'watch'])
        .makeOptionMandatory(),
    )
    .option('--name <text>', 'for people')
    .option('--alert-unknown', 'allow: a vehicle that is on no allow list of its camera raises an alert')
    .action(async (list: string, _: unknown, command: Command) =>
      finish((await load()).make(list, command.optsWithGlobals())),
    );
  lists
    .command('drop')
    .argument('<list>', 'list')
    .description('remove a list with its entries')
    .action(async (list: string, _: unknown, command: Command) =>
      finish((await load()).drop(list, command.optsWithGlobals())),
    );
  lists
    .command('add')
    .argument('<list>', 'list')
    .argument(
      '<plate>',
      'for example 30A-339.18 or "30A*"; other users of this machine see it while the command runs',
    )
    .description('put a plate on a list')
    .option('--from <time>', 'a date, or ISO 8601 with a zone')
    .option('--to <time>', 'the same; of a date the whole day counts')
    .option('--reason <text>')
    .option('--owner <text>')
    .option('--note <text>')
    .action(async (list: string, plate: string, _: unknown, command: Command) =>
      finish((await load()).add(list, plate, command.optsWithGlobals())),
    );
  lists
    .command('remove')
    .argument('<list>', 'list')
    .argument('<entry>', 'number of the entry, as "lists show <list>" says', wholeNumber)
    .description('take an entry off a list')
    .action(async (list: string, entry: number, _: unknown, command: Command) =>
      finish((await load()).remove(list, entry, command.optsWithGlobals())),
    );
  lists
    .command('import')
    .argument('<list>', 'list')
    .argument(
      '<file>',
      'CSV; first line: plate,valid_from,valid_to,reason,owner,note; - reads standard input',
    )
    .option('--partial', 'take the good rows even if others are bad')
    .description('add the rows of a CSV file; each bad row is said, and then nothing is taken')
    .action(async (list: string, file: string, _: unknown, command: Command) =>
      finish((await load()).importFile(list, file, command.optsWithGlobals())),
    );
  lists
    .command('export')
    .argument('<list>', 'list')
    .argument('[file]', 'default: standard output')
    .description('write a list as CSV, as import takes it')
    .action(async (list: string, file: string | undefined, _: unknown, command: Command) =>
      finish((await load()).exportFile(list, file, command.optsWithGlobals())),
    );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('must be a whole number of at least 1');
  return value;
}

function isoTime(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('must be a time such as 2026-11-21T08:00:00Z');
  return at;
}
