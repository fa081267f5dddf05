import { existsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { InputError, messageOf } from '../../errors.js';
import { checkFfmpeg } from '../../io/ffmpeg/binary.js';
import { figureRows, isMet, type Figure } from '../bench/figure.js';
import { openFootage } from '../bench/footage.js';
import { PARTS, partNames, type PartName } from '../bench/parts.js';
import type { BenchOptions } from '../cli.js';
import { SAMPLE } from '../demo/demo-cameras.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { stopSignal } from '../until-stopped.js';
import { table } from '../view.js';

/**
 * `camqueue bench`: measures the road, each thing against a plain version of itself in turns, so that the ratios
 * hold on a busy machine too. A table on stdout; with `--json` one line for the machine and one for each figure.
 * @returns 1 when something could not be measured, not when an aim is missed.
 */
export async function bench(options: BenchOptions): Promise<number> {
  const parts = partsOf(options.only);
  const sample = resolve(options.video ?? SAMPLE);
  if (!existsSync(sample))
    throw new InputError(
      `footage ${sample} does not exist: run scripts/setup.sh, or name another with --video`,
    );
  await checkFfmpeg();
  const signal = stopSignal();
  const footage = await openFootage(sample, options.seconds, signal);
  const figures: Figure[] = [];
  const failed: PartName[] = [];
  try {
    for (const name of parts) {
      process.stderr.write(`measuring ${name} …\n`);
      try {
        figures.push(...(await PARTS[name]({ footage, seconds: options.seconds, signal, figures })));
      } catch (error) {
        if (signal.aborted) throw error;
        process.stderr.write(`camqueue: ${name} could not be measured: ${messageOf(error)}\n`);
        failed.push(name);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('camqueue: stopped; what was measured until then:\n');
  } finally {
    await footage.remove();
  }
  print(figures, options);
  return signal.aborted || failed.length > 0 ? EXIT_FAILED : EXIT_OK;
}

/** A part is also meant by the beginning of its name, up to a dash: `plates` are three. */
function partsOf(only: readonly string[] | undefined): PartName[] {
  const isMeant = (part: PartName, name: string): boolean => part === name || part.startsWith(`${name}-`);
  const unknown = only?.find((name) => !partNames.some((part) => isMeant(part, name)));
  if (unknown !== undefined)
    throw new InputError(`--only "${unknown}": there is no such part; parts: ${partNames.join(', ')}`);
  return only === undefined
    ? partNames
    : partNames.filter((part) => only.some((name) => isMeant(part, name)));
}

function print(figures: readonly Figure[], { seconds, json }: BenchOptions): void {
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1e9),
    node: process.version,
    load1: loadavg()[0] ?? 0,
  };
  if (json === true) {
    console.log(JSON.stringify({ type: 'machine', ...machine, seconds }));
    for (const figure of figures) {
      const met = isMet(figure);
      console.log(JSON.stringify({ type: 'figure', ...figure, ...(met === undefined ? {} : { met }) }));
    }
    return;
  }
  console.log(`\n${machine.cores} cores, ${machine.cpu}, Node ${machine.node}, ${seconds} s a measurement\n`);
  table(figureRows(figures)).forEach((line) => console.log(line));
}
