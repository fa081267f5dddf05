import type { Camera } from './camera.js';
import type { Overlay } from './overlay.js';
import { overlayOf } from './scene-overlay.js';
import type { SceneState } from './scene.js';
import { speedOf } from './speed/track-speed.js';
import type { Track } from './track.js';

/** A scene this much older than the picture says nothing about where things are in it, ms. */
const SCENE_LASTS_MS = 7000;

const clocks = new Map<string, Intl.DateTimeFormat>();

/**
 * What is drawn over a live picture: all that the analysis knows, with speeds (calibrated cameras), how far the reading of
 * a plate has come (never its text), and above it the camera's name and the capture time.
 * @param at capture time of the picture, epoch ms; newer than the scene where nothing has moved since
 * @param timeZone the site's
 */
export function liveOverlay(scene: SceneState, camera: Camera, at: number, timeZone: string): Overlay {
  const seenAt = scene.at ?? at;
  const tracks = Math.abs(at - seenAt) < SCENE_LASTS_MS ? scene.tracks : [];
  // Where things were seen last, not where they would be by now: in a still scene nothing has gone there.
  const overlay = overlayOf(tracks, seenAt, scene.aspect, scene.lines, camera, (track) =>
    [speedText(track, camera, scene.aspect), plateText(track)].join(''),
  );
  return { title: `${camera.name ?? camera.id}  ${clockText(at, timeZone)}`, ...overlay };
}

/** `2026-11-21 15:04:05` as the clock on the site's wall shows it. */
export function clockText(at: number, timeZone: string): string {
  let clock = clocks.get(timeZone);
  if (!clock) {
    // Swedish dates are ISO 8601 dates.
    clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    clocks.set(timeZone, clock);
  }
  return clock.format(at);
}

function speedText({ trail }: Track, { calibration }: Camera, aspect: number): string {
  const speed = calibration && speedOf(trail, calibration, aspect);
  return speed ? ` · ${Math.round(speed.kmh)} km/h` : '';
}

function plateText({ plate }: Track): string {
  return plate ? ` · plate ${plate.over ? 'done' : 'being read'}` : '';
}
