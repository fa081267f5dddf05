import { WHOLE, type UnitBox } from '../../domain/geometry.js';
import type { Picture } from '../../domain/picture.js';
import { distinctPlates, type PlateCandidate } from '../../domain/plates/plate-lines.js';
import type { Detectors, Metrics, PlateReader } from '../../ports.js';
import { lineReader, type OcrEngine } from './engines.js';
import { clusters, findLines, lookAt, type Look } from './find-lines.js';
import { readCluster } from './read-cluster.js';
import { sightOf } from './sight-of.js';
import { loadTextNetwork } from './text-network.js';
import { findVehicles, onVehicle } from './vehicles.js';

/** Pixels of the detection network's input for a vehicle and for a whole picture. */
const CROP_AREA_PX = 288 * 256;
const WHOLE_AREA_PX = 640 * 448;
/** A vehicle is looked at by itself when that shows it so much larger than in the whole picture. */
const WORTH_A_LOOK = 1.4;
/** Bound the time a crowded picture takes. */
const MOST_VEHICLES = 20;
const MOST_CLUSTERS = 40;
/** Looks at a whole picture that shows nothing at first, in shares of the usual enlargement. */
const SECOND_LOOKS = [0.6, 1.6];

/**
 * Finds and reads number plates: lines of text (PP-OCR detection), put together to plates by their geometry, each
 * straightened and read (PP-OCR recognition, Tesseract). The networks are loaded when the first picture comes; a file
 * that could not be loaded is tried again next time.
 */
export function createPlateReader(options: {
  modelsDir: string;
  detectors: Detectors;
  engine: OcrEngine;
  metrics?: Pick<Metrics, 'inference'>;
}): PlateReader & { close(): Promise<void> } {
  const load = async () => {
    const network = await loadTextNetwork(options.modelsDir, options.metrics);
    return { network, reader: lineReader(options.engine, network) };
  };
  let loading: ReturnType<typeof load> | undefined;
  const loaded = (): ReturnType<typeof load> => {
    if (loading) return loading;
    const mine = load();
    loading = mine;
    mine.catch(() => (loading = undefined));
    return mine;
  };
  return {
    read: async (picture, { vehicle } = {}) => {
      const { network, reader } = await loaded();
      const read = async (looks: readonly Look[]): Promise<PlateCandidate[]> => {
        const plates: PlateCandidate[] = [];
        for (const group of clusters(await findLines(network, picture, looks)).slice(0, MOST_CLUSTERS)) {
          plates.push(...(await readCluster(network, reader, picture, group)));
        }
        return plates;
      };
      const vehicles = vehicle ? [vehicle] : await findVehicles(options.detectors, picture);
      let plates = await read(
        vehicle ? [lookAt(picture, vehicle, CROP_AREA_PX)] : looksAt(picture, vehicles),
      );
      for (const share of vehicle ? [] : SECOND_LOOKS) {
        if (plates.length === 0) plates = await read([lookAgain(picture, share)]);
      }
      const place = onVehicle(vehicles, picture);
      return distinctPlates(plates)
        .flatMap((plate) => sightOf(picture, plate, place) ?? [])
        .sort((a, b) => b.plausibility - a.plausibility);
    },
    close: async () => {
      const opened = await loading?.catch(() => undefined);
      await opened?.reader.close();
    },
  };
}

/** The whole picture, and each vehicle that shows more when it is looked at by itself. */
function looksAt(picture: Picture, vehicles: readonly UnitBox[]): Look[] {
  const whole = lookAt(picture, WHOLE, WHOLE_AREA_PX);
  const near = vehicles
    .slice(0, MOST_VEHICLES)
    .map((box) => lookAt(picture, box, CROP_AREA_PX))
    .filter(({ scale }) => scale > WORTH_A_LOOK * whole.scale);
  return [whole, ...near];
}

function lookAgain(picture: Picture, share: number): Look {
  const { box, scale } = lookAt(picture, WHOLE, WHOLE_AREA_PX);
  return { box, scale: scale * share };
}
