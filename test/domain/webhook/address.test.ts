import { describe, expect, test } from 'vitest';
import { addressFault, isForbiddenAddress } from '../../../domain/webhook/address.ts';

describe('an address that is given for a live app', () => {
  test.each([
    ['https://example.com/hook'],
    ['https://hooks.example.co.uk:8443/a?b=c'],
    ['https://93.184.216.34/'],
    ['https://[2606:2800:220:1::1]/'],
    ['https://xn--bcher-kva.example/'],
  ])('%s is taken', (url) => expect(addressFault(url, 'live')).toBeNull());

  test.each([
    ['http://example.com/', 'https'],
    ['ftp://example.com/', 'https'],
    ['file:///etc/passwd', 'https'],
    ['javascript:alert(1)', 'https'],
    ['gopher://example.com:11211/', 'https'],
    ['nowhere', 'must be an address'],
    ['', 'must be an address'],
    ['https://', 'must be an address'],
    ['https://user:password@example.com/', 'name or password'],
    ['https://example.com@127.0.0.1/', 'name or password'],
    ['https://localhost/', 'public host'],
    ['https://postgres/', 'public host'],
    ['https://metadata.google.internal/computeMetadata/v1/', 'metadata'],
    ['https://example.com:22/', 'port 22'],
    ['https://example.com:6379/', 'port 6379'],
    // Loopback in every spelling that a URL knows.
    ['https://127.0.0.1/', '127.0.0.1'],
    ['https://127.1/', '127.0.0.1'],
    ['https://2130706433/', '127.0.0.1'],
    ['https://0x7f000001/', '127.0.0.1'],
    ['https://0177.0.0.1/', '127.0.0.1'],
    ['https://0x7f.1/', '127.0.0.1'],
    ['https://[::1]/', '::1'],
    ['https://[0:0:0:0:0:0:0:1]/', '::1'],
    ['https://①②⑦.0.0.1/', '127.0.0.1'],
    // Its own network, and what stands beside it.
    ['https://10.0.0.1/', '10.0.0.1'],
    ['https://172.16.5.4/', '172.16.5.4'],
    ['https://192.168.1.1/', '192.168.1.1'],
    ['https://100.64.0.1/', '100.64.0.1'],
    ['https://0.0.0.0/', '0.0.0.0'],
    ['https://[::]/', '::'],
    ['https://[fc00::1]/', 'fc00::1'],
    ['https://[fd12:3456:789a::1]/', 'fd12'],
    ['https://[fe80::1]/', 'fe80::1'],
    // The cloud's metadata.
    ['https://169.254.169.254/latest/meta-data/', '169.254.169.254'],
    ['https://2852039166/', '169.254.169.254'],
    ['https://[fd00:ec2::254]/', 'fd00:ec2::254'],
    ['https://100.100.100.200/', '100.100.100.200'],
    ['https://168.63.129.16/', '168.63.129.16'],
    // IPv4 in IPv6's clothes.
    ['https://[::ffff:127.0.0.1]/', '::ffff'],
    ['https://[::ffff:a9fe:a9fe]/', '::ffff'],
    ['https://[64:ff9b::7f00:1]/', '64:ff9b'],
    ['https://[64:ff9b::a9fe:a9fe]/', '64:ff9b'],
    ['https://[2002:7f00:1::]/', '2002:7f00'],
    ['https://[2001:0:7f00:1::]/', '2001:0:7f00'],
    // Everybody, nobody, and later.
    ['https://224.0.0.1/', '224.0.0.1'],
    ['https://255.255.255.255/', '255.255.255.255'],
    ['https://240.0.0.1/', '240.0.0.1'],
    ['https://[ff02::1]/', 'ff02::1'],
    ['https://192.0.2.1/', '192.0.2.1'],
    ['https://198.18.0.1/', '198.18.0.1'],
    ['https://[2001:db8::1]/', '2001:db8'],
  ])('%s is refused, and says why', (url, words) => expect(addressFault(url, 'live')).toContain(words));
});

describe('a sandbox', () => {
  test.each([
    ['http://127.0.0.1:3000/hook'],
    ['http://localhost:3000/hook'],
    ['http://192.168.1.5/hook'],
    ['https://example.com/'],
  ])('reaches %s', (url) => expect(addressFault(url, 'sandbox')).toBeNull());

  test.each([
    ['http://169.254.169.254/latest/meta-data/'],
    ['http://[fd00:ec2::254]/'],
    ['http://metadata.google.internal/'],
    ['http://[fe80::1]/'],
    ['http://0.0.0.0/'],
    ['http://127.0.0.1:5432/'],
    ['ftp://127.0.0.1/'],
  ])('does not reach %s', (url) => expect(addressFault(url, 'sandbox')).not.toBeNull());
});

test.each([
  ['93.184.216.34', false],
  ['127.0.0.1', true],
  ['::ffff:10.0.0.1', true],
  ['not an address', true],
])('what a name was found to lead to is judged as well: %s', (address, forbidden) =>
  expect(isForbiddenAddress(address, 'live')).toBe(forbidden),
);
