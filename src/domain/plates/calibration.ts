/**
 * From what the model of shapes and forms says (a product of guesses) to how often such a reading is right: a logistic
 * function. `bias` and `logit` are fitted by maximum likelihood on simulated sights (test/support/plate-sights.ts, 1000
 * stories of one to four looks: 0.44 and 1.46 over all, 0.19 and 1.48 for single looks) and then drawn a little
 * towards 0 and 1, since a real reader is not the simulated one; test/domain/plates/fuse.test.ts checks that no class
 * of probabilities promises more than it keeps. `rival` is set by hand: two plates with as much evidence are no reading.
 */
const FITTED = { bias: 0.2, logit: 1.3, rival: 3 } as const;

/** One picture, or a hundred of the same mistake, proves nothing beyond this. */
const MOST = 0.99;

/**
 * @param p what `decode` says of a text or a character, 0..1
 * @param rival weight of the sights that show another text, as a share of those that show this one
 * @returns probability that it is right; grows with `p`, shrinks with `rival`
 */
export function calibrated(p: number, rival: number): number {
  const bounded = Math.min(MOST, Math.max(1 - MOST, p));
  const score =
    FITTED.bias + FITTED.logit * Math.log(bounded / (1 - bounded)) - FITTED.rival * Math.min(1, rival);
  return 1 / (1 + Math.exp(-score));
}
