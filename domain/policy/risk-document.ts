import { about, oneOf, points, section, timeSpan } from './knobs.ts';

/** How suspicion adds up, and what becomes of a review that nobody looks at. */

export const riskDocument = section({
  watch: points.default(30).meta(about('From this score an account is logged', 30, 'points')),
  restrict: points
    .default(50)
    .meta(about('From this score, with two families of evidence, an account is restricted', 50, 'points')),
  hold: points
    .default(80)
    .meta(about('From this score, with two families of evidence, nothing new is spent', 80, 'points')),
  half_life: timeSpan.default('P14D').meta(about('After this long evidence counts half', 'P14D', 'time')),
}).refine((risk) => risk.watch < risk.restrict && risk.restrict < risk.hold, {
  message: 'is not between watch and hold; the bands rise: watch < restrict < hold',
  path: ['restrict'],
});

export const reviewDocument = section({
  due: timeSpan
    .default('PT24H')
    .meta(about('A person should have decided a review by then', 'PT24H', 'time')),
  escalate_after: timeSpan
    .default('PT24H')
    .meta(about('An overdue review is escalated after this much longer', 'PT24H', 'time')),
  then: oneOf(['keep_and_recheck'])
    .default('keep_and_recheck')
    .meta(
      about(
        'What becomes of a review that nobody decides: the standing is kept and checked again',
        'keep_and_recheck',
      ),
    ),
});
