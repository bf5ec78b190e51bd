export { freeTierAccount } from './free-tier-account.ts';
export { reconcile } from './reconcile.ts';
