import { unitBox } from '../../src/domain/geometry.js';
import type { SceneConfig } from '../../src/domain/scene.js';
import { scene, walker, type Story } from './scenes.js';

/** Stories whose crossings are known. `truth` is [in, out]. */
export interface KnownStory {
  readonly name: string;
  readonly story: Story;
  readonly truth: readonly [number, number];
  readonly config?: SceneConfig;
}

export const STORIES: readonly KnownStory[] = [
  {
    name: 'one person walks down over the line',
    story: { lengthMs: 7000, actors: [walker({ atMs: 0, x: 0.5, y: 0.3 }, { atMs: 6000, x: 0.55, y: 0.9 })] },
    truth: [1, 0],
  },
  {
    name: 'two people cross paths on the line',
    story: {
      lengthMs: 7000,
      actors: [
        walker({ atMs: 0, x: 0.3, y: 0.3 }, { atMs: 6000, x: 0.7, y: 0.8 }),
        walker({ atMs: 0, x: 0.7, y: 0.8 }, { atMs: 6000, x: 0.3, y: 0.3 }),
      ],
    },
    truth: [1, 1],
  },
  {
    name: 'two people walk side by side',
    story: {
      lengthMs: 7000,
      actors: [
        walker({ atMs: 0, x: 0.45, y: 0.3 }, { atMs: 6000, x: 0.45, y: 0.9 }),
        walker({ atMs: 0, x: 0.52, y: 0.31 }, { atMs: 6000, x: 0.52, y: 0.91 }),
      ],
    },
    truth: [2, 0],
  },
  {
    name: 'behind a pole over an upright line',
    story: {
      lengthMs: 9000,
      poles: [unitBox(0.47, 0, 0.06, 1)],
      actors: [walker({ atMs: 0, x: 0.15, y: 0.7 }, { atMs: 8000, x: 0.85, y: 0.72 })],
    },
    config: scene({ lines: [{ id: 'line', from: [0.5, 1], to: [0.5, 0] }] }),
    truth: [1, 0],
  },
  {
    name: 'a return trip',
    story: {
      lengthMs: 13_000,
      actors: [
        walker(
          { atMs: 0, x: 0.5, y: 0.35 },
          { atMs: 5000, x: 0.5, y: 0.75 },
          { atMs: 7000, x: 0.52, y: 0.75 },
          { atMs: 12_000, x: 0.5, y: 0.35 },
        ),
      ],
    },
    truth: [1, 1],
  },
  {
    name: 'stops on the line for a minute, then goes on',
    story: {
      lengthMs: 70_000,
      actors: [
        walker(
          { atMs: 0, x: 0.5, y: 0.35 },
          { atMs: 3000, x: 0.5, y: 0.5 },
          { atMs: 63_000, x: 0.5, y: 0.5 },
          { atMs: 68_000, x: 0.5, y: 0.8 },
        ),
      ],
    },
    truth: [1, 0],
  },
  {
    name: 'stops on the line for a minute, then turns back',
    story: {
      lengthMs: 70_000,
      actors: [
        walker(
          { atMs: 0, x: 0.5, y: 0.35 },
          { atMs: 3000, x: 0.5, y: 0.5 },
          { atMs: 63_000, x: 0.5, y: 0.5 },
          { atMs: 68_000, x: 0.5, y: 0.3 },
        ),
      ],
    },
    truth: [0, 0],
  },
  {
    name: 'walks along the line, close by',
    story: {
      lengthMs: 9000,
      actors: [walker({ atMs: 0, x: 0.1, y: 0.47 }, { atMs: 8000, x: 0.9, y: 0.47 })],
    },
    truth: [0, 0],
  },
  {
    name: 'passes beside the end of a short line',
    story: {
      lengthMs: 7000,
      actors: [
        walker({ atMs: 0, x: 0.75, y: 0.3 }, { atMs: 6000, x: 0.75, y: 0.9 }),
        walker({ atMs: 0, x: 0.45, y: 0.3 }, { atMs: 6000, x: 0.45, y: 0.9 }),
      ],
    },
    config: scene({ lines: [{ id: 'line', from: [0.2, 0.55], to: [0.65, 0.55] }] }),
    truth: [1, 0],
  },
  {
    name: 'is first seen just before the line',
    story: {
      lengthMs: 6000,
      actors: [walker({ atMs: 500, x: 0.5, y: 0.46 }, { atMs: 5000, x: 0.5, y: 0.85 })],
    },
    truth: [1, 0],
  },
  {
    name: 'vanishes for a second before the line and comes back behind it',
    story: {
      lengthMs: 9000,
      poles: [unitBox(0.3, 0.27, 0.4, 0.15)],
      actors: [walker({ atMs: 0, x: 0.5, y: 0.2 }, { atMs: 8000, x: 0.5, y: 0.9 })],
    },
    truth: [1, 0],
  },
  {
    name: 'legs hidden by a car on the far side of the line',
    story: {
      lengthMs: 9000,
      actors: [
        {
          ...walker({ atMs: 0, x: 0.1, y: 0.55 }, { atMs: 8000, x: 0.9, y: 0.55 }),
          legsHidden: { fromMs: 3000, toMs: 4200, share: 0.4 },
        },
      ],
    },
    truth: [0, 0],
  },
  {
    name: 'legs hidden for long',
    story: {
      lengthMs: 12_000,
      actors: [
        {
          ...walker({ atMs: 0, x: 0.1, y: 0.55 }, { atMs: 11_000, x: 0.9, y: 0.55 }),
          legsHidden: { fromMs: 3000, toMs: 7500, share: 0.4 },
        },
      ],
    },
    truth: [0, 0],
  },
  {
    name: 'a queue of cars, called truck at times',
    story: {
      lengthMs: 9000,
      actors: [0, 1, 2, 3].map((i) => ({
        label: 'car',
        width: 0.14,
        height: 0.16,
        alsoCalled: ['truck', 'bus'],
        path: [
          { atMs: i * 1200, x: 0.4, y: 0.2 },
          { atMs: i * 1200 + 3500, x: 0.5, y: 1.05 },
        ],
      })),
    },
    truth: [4, 0],
  },
  {
    name: 'traffic in both directions',
    story: {
      lengthMs: 10_000,
      actors: [0, 1, 2].flatMap((i) => [
        {
          label: 'car',
          width: 0.14,
          height: 0.14,
          path: [
            { atMs: i * 1500, x: -0.05, y: 0.55 },
            { atMs: i * 1500 + 3000, x: 1.05, y: 0.55 },
          ],
        },
        {
          label: 'car',
          width: 0.15,
          height: 0.15,
          path: [
            { atMs: i * 1700, x: 1.05, y: 0.75 },
            { atMs: i * 1700 + 3000, x: -0.05, y: 0.75 },
          ],
        },
      ]),
    },
    config: scene({ lines: [{ id: 'line', from: [0.5, 1], to: [0.5, 0] }] }),
    truth: [3, 3],
  },
];

/** A vehicle that moves more than its own length between two looks 200 ms apart. */
export const FAST: readonly KnownStory[] = [1.5, 2].map((lengths) => {
  const width = 0.09;
  const travelMs = (1.2 / (lengths * width)) * 200;
  return {
    name: `a car that moves ${lengths} lengths between looks`,
    story: {
      lengthMs: 3500,
      actors: [
        {
          label: 'car',
          width,
          height: 0.08,
          path: [
            { atMs: 1000, x: -0.1, y: 0.6 },
            { atMs: 1000 + travelMs, x: 1.1, y: 0.6 },
          ],
        },
      ],
    },
    config: scene({ lines: [{ id: 'line', from: [0.55, 1], to: [0.55, 0] }] }),
    truth: [1, 0] as const,
  };
});
