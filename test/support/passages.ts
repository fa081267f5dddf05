import type { Passage, PlateRead } from '../../src/domain/plates/passage.js';

export const AT = 1_795_251_600_000;

/** A final passage of a well-read plate; what the test is about is given. */
export function passage(
  given: Partial<Passage> & { id: string; key?: string; verdict?: Passage['reading']['verdict'] },
): Passage {
  const { key = '30A33918', verdict = 'accepted', ...more } = given;
  const at = given.at ?? AT;
  return {
    cameraId: 'gate-1',
    trackId: 7,
    firstAt: at - 1000,
    at,
    lastAt: at + 1000,
    reading: {
      text: key,
      key,
      country: 'VN',
      format: 'car',
      province: 'Hà Nội',
      ground: 'white',
      lines: 1,
      p: 0.99,
      verdict,
      charP: [...key].map(() => 0.99),
      alternatives: [],
      sights: 3,
    },
    vehicle: 'car',
    state: 'final',
    hits: [],
    ...more,
  };
}

/** A look at a passage that showed no plate. */
export function plateRead(passageId: string, at: number): PlateRead {
  return { id: `${passageId}-${at}`, passageId, at };
}
