/** Done. */
export const EXIT_OK = 0;
/** Something failed while working. */
export const EXIT_FAILED = 1;
/** Wrong usage: command line, environment, camera file. Trying again without a change is of no use. */
export const EXIT_USAGE = 2;
