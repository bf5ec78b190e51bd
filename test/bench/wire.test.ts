import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bound, readClientStream } from '../../bench/wire/messages.ts';

const text = (value: string): Buffer => Buffer.from(`${value}\0`);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

const message = (type: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);

const withLength = (body: Buffer): Buffer => Buffer.concat([int32(body.length + 4), body]);

const startup = withLength(Buffer.concat([int32(196_608), text('user'), text('postgres'), Buffer.from([0])]));
const encryption = withLength(int32(80_877_103));

const bind = (statement: string, parameters: readonly (string | null)[]): Buffer =>
  message(
    'B',
    Buffer.concat([
      text(''),
      text(statement),
      int16(1),
      int16(0),
      int16(parameters.length),
      ...parameters.map((parameter) =>
        parameter === null
          ? int32(-1)
          : Buffer.concat([int32(Buffer.byteLength(parameter)), Buffer.from(parameter)]),
      ),
      int16(0),
    ]),
  );

/** As pg sends a named statement once it is parsed: bind, describe, execute and sync. */
const prepared = (parameters: readonly (string | null)[]): Buffer[] => [
  bind('commit-accounts', parameters),
  message('D', Buffer.concat([Buffer.from('P'), text('')])),
  message('E', Buffer.concat([text(''), int32(0)])),
  message('S', Buffer.alloc(0)),
];

describe('round trips', () => {
  test('are one for each Sync and each simple query, whatever else is sent', () => {
    const stream = readClientStream();
    stream.take(
      Buffer.concat([
        startup,
        message('p', text('SCRAM')),
        message('Q', text('begin')),
        message('P', Buffer.concat([text('commit-accounts'), text('select $1'), int16(0)])),
        ...prepared(['[{"item":0}]']),
        ...prepared(['[]']),
        message('X', Buffer.alloc(0)),
      ]),
    );
    expect(stream.roundTrips()).toBe(3);
  });

  test('are counted the same wherever the bytes are cut', () => {
    const whole = Buffer.concat([encryption, startup, ...prepared(['SQ', null]), message('Q', text('S'))]);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 12 }), (cuts) => {
        const stream = readClientStream();
        const at = [0, ...cuts.sort((left, right) => left - right), whole.length];
        for (const [index, to] of at.slice(1).entries()) stream.take(whole.subarray(at[index], to));
        return stream.roundTrips() === 2;
      }),
    );
  });

  test('of a bound statement tell its name and parameters', () => {
    const seen: Bound[] = [];
    const stream = readClientStream((bound) => seen.push(bound));
    stream.take(Buffer.concat([startup, ...prepared(['[{"user":"é"}]', null])]));
    expect(seen).toEqual([{ statement: 'commit-accounts', parameters: ['[{"user":"é"}]', null] }]);
  });
});
