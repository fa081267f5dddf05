import type { Camera } from '../domain/camera.js';

/** What somebody must know later who asks how something came about. */
export interface Provenance {
  readonly software: { readonly name: string; readonly version: string };
  /** A camera's settings without credentials, and the SHA-256 of them as JSON (keys in order, no white space). */
  configuration(camera: Camera): { readonly sha256: string; readonly camera: Record<string, unknown> };
  /** The networks that look at the camera's pictures, with the SHA-256 of their files; those that are missing are left out. */
  networks(
    camera: Camera,
    look: { readonly faces: boolean },
  ): Promise<{ readonly name: string; readonly sha256: string }[]>;
}
