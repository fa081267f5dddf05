import { type Command, InvalidArgumentError, Option } from 'commander';
import { Channel, Language, Severity } from '../domain/alerting/config.js';
import type { IncidentState } from '../domain/alerting/incident.js';
import { OCCASIONS } from '../domain/alerting/sample-facts.js';
import { groupsOf, type Shared } from './command-group.js';

const STATES: readonly IncidentState[] = ['open', 'notified', 'acknowledged', 'resolved', 'expired'];

/** `camqueue incidents|notify|maintenance|audit …`; what they do is loaded when they are called. */
export function addAlertingCommands(program: Command, shared: Shared): void {
  const group = groupsOf(program, shared);
  addIncidents(group('incidents', 'what happened and wants somebody to react'), shared.finish);
  addNotify(group('notify', 'messages: try a channel, look at the words'), shared.finish);
  addMaintenance(group('maintenance', 'times in which alerts are kept but tell nobody'), shared.finish);
  addAudit(group('audit', 'who changed what and what was sent to whom'), shared.finish);
}

type Finish = Shared['finish'];

function addIncidents(incidents: Command, finish: Finish): void {
  const load = () => import('./commands/incidents.js');
  incidents
    .command('list', { isDefault: true })
    .description('newest first')
    .option('--state <states>', `of ${STATES.join(', ')}; several with commas between`, statesArgument)
    .option('--camera <id>', 'of one camera')
    .option('--kind <kind>', 'for example intrusion')
    .option('--limit <n>', 'at most', wholeNumber, 20)
    .action(async (_: unknown, command: Command) => finish((await load()).list(command.optsWithGlobals())));
  incidents
    .command('show')
    .argument('<number>', 'as in messages: 42', incidentNumber)
    .description('one incident: alerts, plan, messages, notes, history')
    .action(async (number: number, _: unknown, command: Command) =>
      finish((await load()).show(number, command.optsWithGlobals())),
    );
  incidents
    .command('ack')
    .argument('<number>', 'as in messages: 42', incidentNumber)
    .description('take it on: nobody else is told')
    .action(async (number: number, _: unknown, command: Command) =>
      finish((await load()).ack(number, command.optsWithGlobals())),
    );
  incidents
    .command('resolve')
    .argument('<number>', 'as in messages: 42', incidentNumber)
    .description('end it')
    .option('--false-alarm', 'there was nothing; needs a reason')
    .option('--reason <text>', 'what it was')
    .action(async (number: number, _: unknown, command: Command) =>
      finish((await load()).resolve(number, command.optsWithGlobals())),
    );
  incidents
    .command('note')
    .argument('<number>', 'as in messages: 42', incidentNumber)
    .argument('<text>', 'kept with the incident')
    .description('write something down with it')
    .action(async (number: number, text: string, _: unknown, command: Command) =>
      finish((await load()).note(number, text, command.optsWithGlobals())),
    );
}

function addNotify(notify: Command, finish: Finish): void {
  notify
    .command('test')
    .description('send a test message at once; exit code 1 when it did not go')
    .addOption(new Option('--channel <channel>', 'how').choices(Channel.options).makeOptionMandatory())
    .requiredOption('--to <whom>', 'a recipient of the camera file, or an address of the channel')
    .addOption(new Option('--language <language>', 'default: the recipient’s').choices(Language.options))
    .action(async (_: unknown, command: Command) =>
      finish((await import('./commands/notify.js')).test(command.optsWithGlobals())),
    );
  notify
    .command('channels')
    .description('which channels can be used, and why others cannot')
    .action(async (_: unknown, command: Command) =>
      finish((await import('./commands/notify.js')).channels(command.optsWithGlobals())),
    );
  notify
    .command('preview')
    .description('a made-up incident in words; sends nothing, needs no Redis')
    .option('--kind <kind>', 'what happened', 'intrusion')
    .addOption(new Option('--severity <severity>', 'how bad').choices(Severity.options))
    .addOption(new Option('--occasion <occasion>', 'why it is sent').choices(OCCASIONS).default('opened'))
    .addOption(new Option('--channel <channel>', 'only its words').choices(['email', 'sms', 'push']))
    .addOption(new Option('--language <language>', 'default: the site’s').choices(Language.options))
    .option('--html <file>', 'write the e-mail there, for a browser')
    .action(async (_: unknown, command: Command) =>
      finish((await import('./commands/notify-preview.js')).preview(command.optsWithGlobals())),
    );
}

function addMaintenance(maintenance: Command, finish: Finish): void {
  const load = () => import('./commands/maintenance.js');
  maintenance
    .command('list', { isDefault: true })
    .description('what lasts or is still to come')
    .option('--all', 'also what is over')
    .action(async (_: unknown, command: Command) => finish((await load()).list(command.optsWithGlobals())));
  maintenance
    .command('begin')
    .description('from now on alerts tell nobody')
    .option('--camera <id>', 'default: the whole site')
    .option('--for <time>', 'how long: 2h, 90m, 1h30m, 2d', duration)
    .option('--until <time>', 'ISO 8601 with a zone', isoTime)
    .option('--reason <text>')
    .action(async (_: unknown, command: Command) => finish((await load()).begin(command.optsWithGlobals())));
  maintenance
    .command('end')
    .argument('<id>', 'as listed', wholeNumber)
    .description('alerts tell people again')
    .action(async (id: number, _: unknown, command: Command) =>
      finish((await load()).end(id, command.optsWithGlobals())),
    );
}

function addAudit(audit: Command, finish: Finish): void {
  const load = () => import('./commands/audit.js');
  audit
    .command('list', { isDefault: true })
    .description('newest first')
    .option('--subject <subject>', 'what it was done to, for example incident/<id>')
    .option('--actor <actor>', 'who did it, for example person:lan')
    .option('--action <action>', 'or its beginning, for example incident.')
    .option('--from <time>', 'ISO 8601', isoTime)
    .option('--to <time>', 'ISO 8601', isoTime)
    .option('--limit <n>', 'at most', wholeNumber, 50)
    .action(async (_: unknown, command: Command) => finish((await load()).list(command.optsWithGlobals())));
  audit
    .command('verify')
    .description('is every entry as it was written? exit code 1 when not')
    .action(async (_: unknown, command: Command) => finish((await load()).verify(command.optsWithGlobals())));
}

function statesArgument(text: string): IncidentState[] {
  return text.split(',').map((name) => {
    const state = STATES.find((one) => one === name.trim());
    if (!state) throw new InvalidArgumentError(`"${name}" is none of ${STATES.join(', ')}`);
    return state;
  });
}

/** `#42` as well: it is how messages write it. */
function incidentNumber(text: string): number {
  return wholeNumber(text.replace(/^#/, ''));
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('must be a whole number of at least 1');
  return value;
}

/** To ms. */
export function duration(text: string): number {
  const [, d, h, m] = /^(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?$/.exec(text) ?? [];
  const minutes = Number(d ?? 0) * 1440 + Number(h ?? 0) * 60 + Number(m ?? 0);
  if (minutes === 0) throw new InvalidArgumentError('must be a time such as 2h, 90m, 1h30m or 2d');
  return minutes * 60_000;
}

function isoTime(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('must be a time such as 2026-11-21T08:00:00Z');
  return at;
}
