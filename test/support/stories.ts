import { unitBox } from '../../src/domain/geometry.js';
import type { SceneConfig } from '../../src/domain/scene.js';
import { scene, walker, type Actor, type Story, type Waypoint } from './scenes.js';

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
    name: 'two columns of cars, one close behind the other',
    story: {
      lengthMs: 9000,
      actors: [0.35, 0.53].flatMap((x, lane) =>
        [0, 1, 2, 3].map((i) => ({
          label: 'car',
          width: 0.13,
          height: 0.15,
          path: [
            { atMs: i * 1300 + 400 * lane, x, y: 0.2 },
            { atMs: i * 1300 + 400 * lane + 4000, x: x + 0.05, y: 1 },
          ],
        })),
      ),
    },
    truth: [8, 0],
  },
  {
    name: 'there and back, twice',
    story: {
      lengthMs: 15_000,
      actors: [
        {
          ...walker({ atMs: 0, x: 0.5, y: 0.35 }),
          path: [0.35, 0.75, 0.35, 0.75, 0.35].map((y, i) => ({ atMs: i * 3500, x: 0.5 + 0.01 * i, y })),
        },
      ],
    },
    truth: [2, 2],
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

/** A motorcycle from behind: the person on it is seen well, what is ridden seldom. */
export function rider(...path: Waypoint[]): Actor[] {
  const person = { label: 'person', width: 0.06, height: 0.2 };
  const cycle = { label: 'motorcycle', width: 0.055, height: 0.13, score: 0.5, missRate: 0.3 };
  // The person's box ends at the seat.
  return [
    { ...person, path: path.map((point) => ({ ...point, y: point.y - 0.07 })) },
    { ...cycle, path },
  ];
}

const VEHICLES = scene({
  lines: [{ id: 'line', from: [0, 0.5], to: [1, 0.5], classes: ['car', 'motorcycle', 'truck', 'bus'] }],
});
const PEOPLE = scene({ lines: [{ id: 'line', from: [0, 0.5], to: [1, 0.5], classes: ['person'] }] });
const RIDERS: Story = {
  lengthMs: 9000,
  actors: [
    ...rider({ atMs: 0, x: 0.3, y: 0.95 }, { atMs: 5000, x: 0.35, y: 0.2 }),
    ...rider({ atMs: 1500, x: 0.42, y: 0.95 }, { atMs: 6500, x: 0.42, y: 0.2 }),
    ...rider({ atMs: 500, x: 0.7, y: 0.2 }, { atMs: 6000, x: 0.72, y: 0.95 }),
  ],
};
const PARKED: Story = {
  lengthMs: 12_000,
  actors: [
    {
      label: 'motorcycle',
      width: 0.07,
      height: 0.16,
      path: [0, 12_000].map((atMs) => ({ atMs, x: 0.5, y: 0.52 })),
    },
    walker({ atMs: 2500, x: 0.48, y: 0.25 }, { atMs: 11_000, x: 0.52, y: 0.85 }),
  ],
};

/** Riders are one thing, a two-wheeler; whoever walks past one is a person. */
export const ON_TWO_WHEELS: readonly KnownStory[] = [
  { name: 'riders from behind and from before, as vehicles', story: RIDERS, config: VEHICLES, truth: [1, 2] },
  {
    name: 'a person walks past a parked motorcycle, as people',
    story: PARKED,
    config: PEOPLE,
    truth: [1, 0],
  },
  {
    name: 'a person walks past a parked motorcycle, as vehicles',
    story: PARKED,
    config: VEHICLES,
    truth: [0, 0],
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
