/** One package as a link of its camera's chain. */
export interface ChainLink {
  /** Its name for people. */
  readonly package: string;
  readonly cameraId: string;
  readonly number: number;
  readonly manifestSha256: string;
  readonly previousSha256?: string | undefined;
}

export interface ChainProblem {
  readonly package: string;
  readonly what: string;
}

/**
 * Do these packages follow one another, camera by camera, without a hole and without a fork? The first that is given may
 * have any number; one that is given twice (as folder and as ZIP) counts once.
 * @returns problems, each with the later of the two packages between which it is
 */
export function checkChain(links: readonly ChainLink[]): ChainProblem[] {
  const cameras = new Map<string, ChainLink[]>();
  for (const link of links) cameras.set(link.cameraId, [...(cameras.get(link.cameraId) ?? []), link]);
  return [...cameras.values()].flatMap(checkCamera);
}

function checkCamera(links: readonly ChainLink[]): ChainProblem[] {
  const ordered = [...links].sort((a, b) => a.number - b.number);
  const problems: ChainProblem[] = [];
  let before: ChainLink | undefined;
  for (const link of ordered) {
    const what = breakBetween(before, link);
    if (what !== undefined) problems.push({ package: link.package, what });
    before = link;
  }
  return problems;
}

function breakBetween(before: ChainLink | undefined, link: ChainLink): string | undefined {
  const { number, previousSha256, cameraId } = link;
  if (number > 1 && previousSha256 === undefined)
    return `number ${number} of ${cameraId} does not say which package it follows`;
  if (number === 1 && previousSha256 !== undefined)
    return `number 1 of ${cameraId} says that it follows another package`;
  if (!before) return undefined;
  if (before.number === number)
    return before.manifestSha256 === link.manifestSha256
      ? undefined
      : `there are two packages with number ${number} of ${cameraId}: this one and ${before.package}`;
  const from = before.number + 1;
  if (from < number) {
    const missing = from === number - 1 ? `number ${from} is` : `numbers ${from} to ${number - 1} are`;
    return `the chain of ${cameraId} is broken between ${before.number} and ${number}: ${missing} missing`;
  }
  return previousSha256 === before.manifestSha256
    ? undefined
    : `the chain of ${cameraId} is broken between ${before.number} and ${number}: ${number} does not follow this ${before.number} (${before.package}), whose manifest has SHA-256 ${before.manifestSha256}; it names ${previousSha256 ?? 'none'}`;
}
