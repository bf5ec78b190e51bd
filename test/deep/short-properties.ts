import fc from 'fast-check';

/** A mutant is noticed within a few runs or hardly ever: a tenth of a second for each property, thousands of times. */
fc.configureGlobal({ interruptAfterTimeLimit: 100, markInterruptAsFailure: false });
