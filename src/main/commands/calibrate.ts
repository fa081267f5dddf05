import { resolve } from 'node:path';
import type { Camera } from '../../domain/camera.js';
import type { Picture } from '../../domain/picture.js';
import { parseSource } from '../../domain/source-address.js';
import { calibrationReport, type CalibrationReport } from '../../domain/speed/calibration-report.js';
import { groundGrid } from '../../domain/speed/ground-grid.js';
import { homographyOf } from '../../domain/speed/homography.js';
import { InputError } from '../../errors.js';
import { readCameraFile } from '../../io/camera-file.js';
import { checkFfmpeg } from '../../io/ffmpeg/binary.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import { readPicture } from '../../io/pictures/read-picture.js';
import { writePicture } from '../../io/pictures.js';
import { EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { stopSignal } from '../until-stopped.js';

export interface CalibrateOptions {
  readonly cameras?: string;
  /** Default: the only camera with a calibration. */
  readonly id?: string;
  readonly picture?: string;
  readonly video?: string;
  readonly draw?: string;
  readonly json?: boolean;
}

/**
 * `camqueue calibrate`: what the calibration of a camera is worth, and its metre grid on a picture. Needs the camera file
 * only; without a picture given, one is taken from the camera.
 * @param signal asked for when a picture is to be taken; ends that
 */
export async function calibrate(
  options: CalibrateOptions,
  signal: () => AbortSignal = stopSignal,
): Promise<number> {
  if (options.picture !== undefined && options.video !== undefined)
    throw new InputError('--picture and --video: give one of them, the picture to draw on');
  const config = loadConfig(options.cameras === undefined ? {} : { CAMERAS_FILE: options.cameras });
  const { cameras } = readCameraFile(resolve(config.CAMERAS_FILE), process.env);
  const camera = calibratedCamera(cameras, options.id);
  const picture = await pictureFor(camera, options, signal);
  const homography = homographyOf(camera.calibration, picture.width / picture.height);
  const report = calibrationReport(homography, picture.height);
  if (options.draw !== undefined)
    await writePicture(options.draw, picture, { overlay: groundGrid(homography, camera.name ?? camera.id) });
  const { width, height } = picture;
  console.log(
    options.json === true
      ? JSON.stringify({ camera: camera.id, width, height, ...report })
      : readable(camera.id, picture, report, options.draw),
  );
  return EXIT_OK;
}

type Calibrated = Camera & { readonly calibration: NonNullable<Camera['calibration']> };

/** @throws InputError when there is no such camera, or it has no calibration */
export function calibratedCamera(cameras: readonly Camera[], id: string | undefined): Calibrated {
  const isCalibrated = (camera: Camera): camera is Calibrated => camera.calibration !== undefined;
  const known = cameras.filter(isCalibrated);
  const names = known.map((camera) => camera.id).join(', ');
  if (id === undefined) {
    const [only, ...others] = known;
    if (only && others.length === 0) return only;
    throw new InputError(
      only
        ? `--id: ${known.length} cameras have a calibration; name one of ${names}`
        : 'no camera of the file has a calibration: add calibration: { points: [{ at: [x, y], ground: [x, y] }, …] } with at least four measured points, or a rectangle',
    );
  }
  const camera = cameras.find((one) => one.id === id);
  if (!camera)
    throw new InputError(
      `--id: there is no camera "${id}" in the camera file; it has ${cameras.map((one) => one.id).join(', ') || 'none'}`,
    );
  if (!isCalibrated(camera))
    throw new InputError(
      `--id: camera "${id}" has no calibration; add calibration: { points: [{ at: [x, y], ground: [x, y] }, …] } with at least four measured points, or a rectangle${names === '' ? '' : ` (these have one: ${names})`}`,
    );
  return camera;
}

async function pictureFor(
  camera: Camera,
  { picture, video }: CalibrateOptions,
  stop: () => AbortSignal,
): Promise<Picture> {
  if (picture !== undefined) return readPicture(picture);
  await checkFfmpeg();
  const source = parseSource(video ?? camera.detectSource ?? camera.source);
  const sources = createFfmpegSources();
  const options = { transport: camera.transport, signal: stop() };
  // Says more of a file that cannot be read.
  if (source.kind === 'file') await sources.inspect(source.location, options.signal);
  return (await sources.probe(source, options)).picture;
}

function readable(
  id: string,
  { width, height }: Picture,
  { points, places, clickPx, expected }: CalibrationReport,
  drawn: string | undefined,
): string {
  const row = (cells: readonly (string | number)[]): string =>
    cells.map((cell) => String(cell).padStart(12)).join('');
  return [
    `${id}: ${points.length} points on a picture of ${width}x${height}; a click is taken to be exact to ${clickPx} px`,
    '',
    row(['point', 'at x', 'at y', 'ground x m', 'ground y m', 'residual m', 'residual px']),
    ...points.map(({ at, ground, residualM, residualPx }, i) =>
      row([
        i,
        ...at.map((value) => value.toFixed(4)),
        ...ground,
        residualM.toFixed(3),
        residualPx.toFixed(1),
      ]),
    ),
    ...(points.length === 4 ? ['  Four points always fit: a fifth would show whether one is wrong.'] : []),
    '',
    row(['row px', 'm/px least', 'm/px most', 'calibration', `${expected.kmh} km/h`]),
    ...places.map(({ at, metresPerPixel: { least, most }, calibrationErrorPercent, speedErrorPercent }) =>
      row([
        Math.round(at[1] * height),
        least.toFixed(4),
        most.toFixed(4),
        `±${calibrationErrorPercent} %`,
        `±${speedErrorPercent} %`,
      ]),
    ),
    `  Errors are half of the 95 % interval; the last is of a vehicle followed for ${expected.seconds} s.`,
    ...(drawn === undefined ? [] : ['', `drawn: ${drawn}`]),
  ].join('\n');
}
