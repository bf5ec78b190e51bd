import { describe, expect, test } from 'vitest';
import { addressFault, isForbiddenAddress } from '../../../domain/webhook/address.ts';
import { forbiddenEverywhere, forbiddenLive } from './forbidden-addresses.ts';

describe('an address that is given for a live app', () => {
  test.each([
    ['https://example.com/hook'],
    ['https://example.com./hook'],
    ['https://hooks.example.co.uk:8443/a?b=c'],
    ['https://93.184.216.34/'],
    ['https://[2606:2800:220:1::1]/'],
    ['https://xn--bcher-kva.example/'],
    ['https://bücher.example/ä'],
    ['https://internal.example.com/'],
    ['https://metadata.example.com/'],
  ])('%s is taken', (url) => expect(addressFault(url, 'live')).toBeNull());

  test.each([...forbiddenEverywhere, ...forbiddenLive])('%j is refused, and says why', (url, words) =>
    expect(addressFault(url, 'live')).toContain(words),
  );
});

describe('a sandbox', () => {
  test.each([
    ['http://127.0.0.1:3000/hook'],
    ['http://localhost:3000/hook'],
    ['http://host.docker.internal:3000/hook'],
    ['http://[::1]:3000/hook'],
    ['http://192.168.1.5/hook'],
    ['https://example.com/'],
  ])('reaches %s', (url) => expect(addressFault(url, 'sandbox')).toBeNull());

  test.each<readonly [string, string]>([
    ...forbiddenEverywhere,
    ['http://169.254.169.254/latest/meta-data/', '169.254.169.254'],
    ['http://metadata.google.internal/', 'metadata'],
    ['http://127.0.0.1:5432/', 'port 5432'],
  ])('does not reach %j', (url, words) =>
    expect(addressFault(url, 'sandbox')).toContain(words === 'https' ? 'http or https' : words),
  );
});

test.each([
  ['93.184.216.34', false],
  ['2606:2800:220:1::1', false],
  ['127.0.0.1', true],
  ['::ffff:10.0.0.1', true],
  ['::10.0.0.1', true],
  ['fe80::1', true],
  ['64:ff9b::a00:1', true],
  ['not an address', true],
])('what a name was found to lead to is judged as well: %s', (address, forbidden) =>
  expect(isForbiddenAddress(address, 'live')).toBe(forbidden),
);
