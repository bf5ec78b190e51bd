export { freeTierAccount, freeTierLife, freeTierUser } from './lives.ts';
export { reconcile } from './reconcile.ts';
