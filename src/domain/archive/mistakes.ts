import type { CameraFile } from '../camera.js';
import type { RetentionRule } from '../camera-fields/retention.js';

type Rules = Pick<CameraFile, 'retention' | 'archive' | 'recipients'>;

/** What in the rules cannot be meant, for people. Cameras and groups may be in the database (see `retentionProblems`). */
export function retentionMistakes({ retention, archive, recipients }: Rules): string[] {
  return [
    ...retention.flatMap((rule, i) => ruleMistakes(rule, i, retention)),
    ...archive.reportTo.flatMap((id, i) => {
      const recipient = recipients.find((one) => one.id === id);
      const field = `archive.reportTo[${i}] is "${id}"`;
      if (!recipient)
        return [
          `${field}: there is no such recipient; there are ${recipients.map((one) => one.id).join(', ') || 'none'}`,
        ];
      return recipient.email === undefined
        ? [`${field}: this recipient has no e-mail address; give it one: email`]
        : [];
    }),
    ...(archive.freeGb !== undefined && !retention.some(({ coldDays }) => coldDays > 0)
      ? [
          `archive.freeGb is ${archive.freeGb}: room is made by moving recordings, and no rule of retention moves any; give one coldDays`,
        ]
      : []),
  ];
}

function ruleMistakes(rule: RetentionRule, i: number, all: readonly RetentionRule[]): string[] {
  const before = all.findIndex((other) => covers(other, rule));
  return [
    ...(before >= 0 && before < i
      ? [`retention[${i}] is never used: retention[${before}] fits all that it fits; put it before`]
      : []),
    ...(rule.encode && rule.coldDays === 0
      ? [
          `retention[${i}].encode is for copies in cold storage, and with coldDays 0 there are none; give it coldDays`,
        ]
      : []),
  ];
}

/** Whether a rule fits whatever another one does, as far as can be told without knowing the cameras. */
function covers(rule: RetentionRule, other: RetentionRule): boolean {
  const includes = (mine: readonly string[] | undefined, its: readonly string[] | undefined): boolean =>
    mine === undefined || (its?.every((one) => mine.includes(one)) ?? false);
  return (
    includes(rule.cameras, other.cameras) &&
    includes(rule.groups, other.groups) &&
    (rule.why === undefined || rule.why === other.why)
  );
}

/**
 * What is odd about the rules with the cameras there are and the storage there is, for people; nothing is refused for it.
 * @param hasCold whether there is a cold store
 */
export function retentionProblems(
  { retention, cameras }: Pick<CameraFile, 'retention' | 'cameras'>,
  hasCold: boolean,
): string[] {
  const ids = cameras.map(({ id }) => id);
  const known = [...new Set(cameras.flatMap(({ groups }) => groups))];
  const missing = (field: string, named: readonly string[] = [], there: readonly string[]): string[] =>
    named
      .filter((one) => !there.includes(one))
      .map((one) => `${field} names "${one}", which no camera has; there are ${there.join(', ') || 'none'}`);
  return retention.flatMap((rule, i) => [
    ...missing(`retention[${i}].cameras`, rule.cameras, ids),
    ...missing(`retention[${i}].groups`, rule.groups, known),
    ...(rule.coldDays > 0 && !hasCold
      ? [
          `retention[${i}].coldDays is ${rule.coldDays}, and there is no cold storage: recordings stay on the recordings' disk for ${rule.hotDays + rule.coldDays} days instead${rule.maxGb === undefined ? '' : ', without maxGb'}; set COLD_URL`,
        ]
      : []),
  ]);
}
