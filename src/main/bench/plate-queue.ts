import { licensePlate } from '../../../jobs/license-plate/job.js';
import { percentilesOf } from '../../domain/percentiles.js';
import type { PlateRead } from '../../domain/plates/passage.js';
import { passageId } from '../../domain/plates/passage-id.js';
import type { Figure } from './figure.js';
import type { BenchContext } from './parts.js';
import { hasPlatePictures, plateNetworks, sayNoPictures } from './plate-data.js';
import { peakMb, startCpuMeter, startLoadMeter } from './processes.js';
import { onStage, type Stage } from './stage.js';
import { vehicleCrops, type VehicleCrop } from './vehicle-crops.js';

const PART = 'plates, queue';
const QUEUE = licensePlate.name;
/** A stage has at least one camera; nobody reads this one. */
const CAMERA = { id: 'gate-1', source: 'unused.mp4', plates: {} };
/** Different vehicles; the same ones come again under other numbers. */
const CROPS = 60;
/** Looks at each vehicle, and capture time between them and between two vehicles, ms. */
const LOOKS = 3;
const LOOK_EVERY_MS = 250;
const VEHICLE_EVERY_MS = 120_000;
const FIRST_AT = 1_795_251_600_000;
/** Vehicles before the camera at the same time: their looks take turns. */
const AT_ONCE = 6;
/** Looks that wait at most: the pictures of more would not be kept. */
const AHEAD = 16;
const PIN_MS = 60_000;
/** Looks that are not counted: they warm the workers up. */
const WARM_UP = 24;
const LOOKS_A_SECOND = 40;
const END_WITHIN_MS = 180_000;

/** Looks at vehicles through the queue with two workers: how many a second, what one takes, and the workers' memory. */
export async function measurePlateQueue({ seconds, signal }: BenchContext): Promise<Figure[]> {
  if (!hasPlatePictures()) sayNoPictures(PART, 'looks at drawn plates are measured');
  const crops = await vehicleCrops(plateNetworks().detectors, CROPS, signal);
  if (crops.length === 0) throw new Error('no vehicle was found in the pictures');
  return onStage([CAMERA], signal, async (stage) => {
    await stage.workers([QUEUE], [QUEUE]);
    const vehicles = Math.ceil((seconds * LOOKS_A_SECOND) / LOOKS);
    await work(stage, looksOf(crops, 0, Math.ceil(WARM_UP / LOOKS)));
    const looks = looksOf(crops, Math.ceil(WARM_UP / LOOKS), vehicles);
    const load = startLoadMeter();
    const cpu = await startCpuMeter(Object.values(stage.children.pids()));
    const startedAt = performance.now();
    await work(stage, looks);
    const elapsedS = (performance.now() - startedAt) / 1000;
    const [busy, own] = [load(), await cpu()];
    const reads = await readsOf(stage, looks);
    const taken = reads.length;
    return [
      {
        part: PART,
        what: 'vehicle crops, two workers',
        value: taken / elapsedS,
        unit: 'a second',
        aim: { least: 25 },
      },
      {
        part: PART,
        what: 'for a second of processor time of the workers',
        value: taken / own.seconds,
        unit: 'crops',
      },
      {
        part: PART,
        what: 'of the crops show a plate',
        value: reads.filter(({ sight }) => sight).length / Math.max(1, taken),
        unit: 'share',
      },
      { part: PART, what: 'load of the machine', value: busy, unit: '%' },
      { part: PART, what: 'of it the workers', value: own.share, unit: '%' },
      ...(await timesOf(stage)),
      ...(await memoryOf(stage)),
    ];
  });
}

interface Look {
  readonly vehicle: number;
  readonly look: number;
  readonly shown: VehicleCrop;
}

/** Looks at `count` vehicles from the given number on, in the order of their times. */
function looksOf(crops: readonly VehicleCrop[], first: number, count: number): Look[] {
  const looks: Look[] = [];
  for (let group = first; group < first + count; group += AT_ONCE) {
    for (let look = 0; look < LOOKS; look++) {
      for (let vehicle = group; vehicle < Math.min(group + AT_ONCE, first + count); vehicle++) {
        const shown = crops[vehicle % crops.length];
        if (shown) looks.push({ vehicle, look, shown });
      }
    }
  }
  return looks;
}

/** Pins and asks for the looks, no more ahead than workers can keep up with; resolves when all are done. */
async function work(stage: Stage, looks: readonly Look[]): Promise<void> {
  const { world } = stage;
  const { pins } = await world.ports(['pins']);
  const producer = world.producer();
  let next = 0;
  await stage.until('the end of the looks', END_WITHIN_MS, async () => {
    const { waiting, active, delayed, failed } = await world.inspector().counts(QUEUE);
    if (failed > 0) throw new Error(`${failed} looks failed`);
    for (let free = AHEAD - waiting; free > 0 && next < looks.length; free--, next++) {
      const { vehicle, look, shown } = looks[next]!;
      const bornAt = bornAtOf(vehicle);
      const pin = `plates/${CAMERA.id}/${vehicle}/${look}`;
      await pins.pin(pin, shown.picture, PIN_MS);
      await producer.enqueue(licensePlate, {
        ...{ kind: 'look', cameraId: CAMERA.id, trackId: vehicle + 1, bornAt, frame: look, pin },
        ...{ at: bornAt + look * LOOK_EVERY_MS, crop: shown.crop, box: shown.box, class: 'car' },
      });
    }
    return next === looks.length && waiting + active + delayed === 0;
  });
}

function bornAtOf(vehicle: number): number {
  return FIRST_AT + vehicle * VEHICLE_EVERY_MS;
}

/** Looks that were taken: a vehicle whose passage was final before needs no more. */
async function readsOf(stage: Stage, looks: readonly Look[]): Promise<PlateRead[]> {
  const { passages } = await stage.world.ports(['passages']);
  const reads: PlateRead[] = [];
  for (const vehicle of new Set(looks.map((look) => look.vehicle)))
    reads.push(...(await passages.reads(passageId(CAMERA.id, vehicle + 1, bornAtOf(vehicle)))));
  return reads;
}

async function timesOf({ world }: Stage): Promise<Figure[]> {
  const jobs = await world.inspector().list(QUEUE, 'completed', 1000);
  const times = jobs.flatMap(({ outcome, startedAt, finishedAt }) =>
    outcome === 'done' && startedAt !== undefined && finishedAt !== undefined ? [finishedAt - startedAt] : [],
  );
  const percentiles = percentilesOf(times);
  if (!percentiles) return [];
  return [
    { part: PART, what: 'a job, p50', value: percentiles.p50, unit: 'ms' },
    { part: PART, what: 'a job, p95', value: percentiles.p95, unit: 'ms' },
  ];
}

async function memoryOf({ children }: Stage): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, pid] of Object.entries(children.pids())) {
    const value = await peakMb(pid);
    if (value !== undefined)
      figures.push({ part: PART, what: `${name}, most memory`, value, unit: 'MB', aim: { most: 500 } });
  }
  return figures;
}
