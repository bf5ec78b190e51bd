import { z } from 'zod';
import { limitsView } from './limits.ts';
import { modifierView } from './modifier.ts';

/** What was put in force, and every limit with it. */
export const modifierMade = z.intersection(modifierView, limitsView).meta({ id: 'ModifierMade' });
