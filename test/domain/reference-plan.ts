import { policyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { termsFor, termsOfPolicy } from '../../domain/policy/terms.ts';

/** The one plan of the reference policy, ready for arithmetic. */
export const referencePlan = termsFor(termsOfPolicy(policyDocument.parse(referencePolicy)), null);
