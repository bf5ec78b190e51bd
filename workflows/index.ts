export { freeTierAccount } from './free-tier-account.ts';
