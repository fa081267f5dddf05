import { readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * The house rules about who may import what, read over every import in the tree. A room is matched by the first
 * pattern that fits; `may` lists what it imports besides itself. `packages: 'any'` allows every npm package and
 * node module that no `only` below reserves for another room.
 */
const root = resolve(__dirname, '..');

interface Room {
  readonly name: string;
  readonly files: RegExp;
  readonly may: readonly RegExp[];
  readonly packages: 'any' | readonly string[];
}

const DOMAIN = /^src\/domain\//;
const PORTS = /^src\/(ports|errors)\.ts$|^src\/ports\//;
const BASICS = /^src\/(ports|errors|log|config)\.ts$|^src\/ports\//;
const CONTRACTS = /^jobs\/(define|registry)\.ts$|^jobs\/[^/]+\/job\.ts$/;

const ROOMS: readonly Room[] = [
  { name: 'domain', files: DOMAIN, may: [], packages: ['zod'] },
  // Streams of bytes are what a store gives.
  { name: 'ports, errors', files: PORTS, may: [DOMAIN], packages: ['node:stream'] },
  {
    name: 'log, config',
    files: /^src\/(log|config)\.ts$/,
    may: [DOMAIN, PORTS],
    packages: ['pino', 'zod', 'node:os', 'node:path'],
  },
  { name: 'models', files: /^models\//, may: [DOMAIN], packages: [] },
  { name: 'io', files: /^src\/io\//, may: [DOMAIN, BASICS, /^models\//], packages: 'any' },
  {
    name: 'sampler',
    files: /^src\/sampler\//,
    may: [DOMAIN, BASICS],
    packages: ['node:timers/promises', 'node:events'],
  },
  {
    name: 'a job contract',
    files: /^jobs\/[^/]+\/job\.ts$/,
    may: [DOMAIN, /^jobs\/define\.ts$/],
    packages: ['zod'],
  },
  {
    name: 'job definitions',
    files: /^jobs\/(define|registry)\.ts$/,
    may: [DOMAIN, PORTS, /^jobs\/[^/]+\/(job|handler)\.ts$/],
    packages: ['zod'],
  },
  { name: 'a job handler', files: /^jobs\//, may: [DOMAIN, PORTS, CONTRACTS], packages: ['zod'] },
  { name: 'queues', files: /^queues\//, may: [DOMAIN, BASICS, CONTRACTS], packages: 'any' },
  { name: 'api', files: /^src\/api\//, may: [DOMAIN, BASICS, CONTRACTS, /^queues\//], packages: 'any' },
  { name: 'main', files: /^(src\/main|scripts)\//, may: [/./], packages: 'any' },
];

/** Packages that belong to one room only. */
const RESERVED: readonly { readonly packages: RegExp; readonly room: RegExp }[] = [
  { packages: /^bullmq$|^@bull-board\//, room: /^queues\// },
  { packages: /^express$|^helmet$|^express-rate-limit$/, room: /^(src\/api|queues)\// },
  {
    packages:
      /^(twilio|firebase-admin|amqplib|mqtt|liquidjs|undici|libphonenumber-js|yazl|yauzl)$|^@aws-sdk\//,
    room: /^src\/io\//,
  },
  {
    packages:
      /^(onnxruntime-node|sharp|nodemailer|kysely|better-sqlite3|pg|fluent-ffmpeg|smtp-server|postal-mime|prom-client)$/,
    room: /^(src\/io|scripts)\//,
  },
];

/** `src/main` is never imported by another room, and a handler only by the registry. */
const NEVER_IMPORTED: readonly { readonly target: RegExp; readonly except: RegExp }[] = [
  { target: /^src\/main\//, except: /^(src\/main|scripts)\// },
  { target: /^jobs\/[^/]+\/handler\.ts$/, except: /^jobs\/registry\.ts$/ },
];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (statSync(join(root, path)).isDirectory()) return sources(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|import\('([^']+)'\)|(?:^|\n)import\s*'([^']+)'|require\('([^']+)'\)/g,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
}

function complaint(file: string, wanted: string): string | undefined {
  const room = ROOMS.find(({ files }) => files.test(file));
  if (!room) return `${file} is in no room: add it to ROOMS or move it`;
  if (!wanted.startsWith('.')) {
    const name = packageName(wanted);
    if (builtinModules.includes(name)) return `${file} imports ${wanted}: write node:${wanted}`;
    const reserved = RESERVED.find(({ packages }) => packages.test(name));
    if (reserved && !reserved.room.test(file))
      return `${file} imports ${name}, which only ${String(reserved.room)} may`;
    return room.packages === 'any' || room.packages.includes(name)
      ? undefined
      : `${file} (${room.name}) imports ${name}`;
  }
  if (!/\.(js|json|cjs)$/.test(wanted)) return `${file} imports ${wanted} without its extension`;
  const target = relative(root, resolve(root, dirname(file), wanted)).replace(/\.js$/, '.ts');
  const barred = NEVER_IMPORTED.find(
    (rule) => rule.target.test(target) && !rule.except.test(file) && dirname(target) !== dirname(file),
  );
  if (barred) return `${file} imports ${target}, which only ${String(barred.except)} may`;
  if (room.files.test(target) || room.may.some((may) => may.test(target))) return undefined;
  return `${file} (${room.name}) imports ${target}`;
}

function packageName(wanted: string): string {
  if (wanted.startsWith('node:')) return wanted;
  return wanted
    .split('/')
    .slice(0, wanted.startsWith('@') ? 2 : 1)
    .join('/');
}

const files = ['src', 'jobs', 'queues', 'models', 'scripts'].flatMap(sources);

test('every import is allowed by its room', () => {
  const complaints = files.flatMap((file) => importsOf(file).map((wanted) => complaint(file, wanted)));
  expect(files.length).toBeGreaterThan(20);
  expect(complaints.filter((text) => text !== undefined)).toEqual([]);
});

test.each([
  ['src/domain/geometry.ts', 'node:fs'],
  ['src/domain/geometry.ts', '../io/smtp.js'],
  ['jobs/alert/handler.ts', 'bullmq'],
  ['jobs/alert/handler.ts', '../notification/handler.js'],
  ['jobs/alert/handler.ts', '../../src/io/smtp.js'],
  ['queues/producer.ts', '../src/io/smtp.js'],
  ['src/io/smtp.ts', '../../queues/producer.js'],
  ['src/io/smtp.ts', 'bullmq'],
  ['src/api/app.ts', '../io/smtp.js'],
  ['src/sampler/sampler.ts', '../main/wiring.js'],
  ['src/domain/geometry.ts', './ids'],
])('the test would notice %s importing %s', (file, wanted) => {
  expect(complaint(file, wanted)).toBeDefined();
});

test('domain code asks for time and randomness instead of taking them', () => {
  const impure = files
    .filter((file) => DOMAIN.test(file) || file.startsWith('models/'))
    .filter((file) =>
      /\bDate\.now\(|new Date\(\)|Math\.random\(|process\.|performance\.now/.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    );
  expect(impure).toEqual([]);
});

test('every job folder is in the registry, and its queue, folder and contract have one name', () => {
  const folders = readdirSync(join(root, 'jobs')).filter((name) =>
    statSync(join(root, 'jobs', name)).isDirectory(),
  );
  const registry = readFileSync(join(root, 'jobs/registry.ts'), 'utf8');
  for (const folder of folders) {
    expect(readFileSync(join(root, `jobs/${folder}/job.ts`), 'utf8')).toContain(`name: '${folder}'`);
    expect(registry).toContain(`import('./${folder}/handler.js')`);
  }
});
