/** What users are told in: each has its sentences in messages/, and may have its own words in a policy. */
export type Language = 'en' | 'de' | 'es';
