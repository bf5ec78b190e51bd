export { freeTierAccount, freeTierLife } from './lives.ts';
export { reconcile } from './reconcile.ts';
