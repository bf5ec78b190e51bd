import { z } from 'zod';
import { isReadableName, isUnbroken } from '../readable-text.ts';

/**
 * What the knobs of a policy file are made of. Every message is a predicate with its fix, so that it can follow a path and
 * a value: `plans.free.sessions.per_day: "three" is not a whole number …; write a number such as 3`.
 */
type Raw = z.core.$ZodRawIssue;

export const says = (what: string, fix: string) => ({
  error: ({ input }: Raw): string => (input === undefined ? `is missing; ${fix}` : `is not ${what}; ${fix}`),
});

/** How a knob's number is meant, for people: changes and documents are written in it. */
export type Unit = 'USD' | 'USD per million tokens' | '%' | 'time' | 'sessions' | 'tokens' | 'points';

/** What a knob means: editors show it, and docs/policy.md is written from it. */
export const about = (description: string, example: unknown, unit?: Unit) => ({
  description,
  'x-example': example,
  ...(unit === undefined ? {} : { 'x-unit': unit }),
});

const spanSays = says('a span of time longer than zero', 'write one such as PT30M, PT2H or P14D');

/** Days, hours, minutes and seconds, not all of them zero. A day is 24 hours here. */
export const timeSpan = z
  .string(spanSays)
  .regex(/^P(?=\d|T\d)(?=.*[1-9])(\d{1,4}D)?(T(?=\d)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?$/, {
    ...spanSays,
    abort: true,
  });

const lengthSays = says('a period', 'write P1M, P1W or P1D or, for trials, seconds such as PT600S');
export const periodLength = z
  .string(lengthSays)
  .regex(/^P([1-9]\d?[MWD]|T[1-9]\d{0,6}S)$/, { ...lengthSays, abort: true });

const percentSays = says('a percentage from 0% to 100%', 'write one such as 85%');
export const percent = z
  .union([z.string(percentSays).regex(/^\d{1,3}(\.\d)?%$/, percentSays), z.number(percentSays)], percentSays)
  .transform((value) => (typeof value === 'number' ? value : Number(value.slice(0, -1))))
  .pipe(z.number(percentSays).min(0, percentSays).max(100, percentSays));

const dollarsSay = says('an amount in dollars from 0 to 1,000,000', 'write a number such as 2.00');
export const dollars = z.number(dollarsSay).min(0, dollarsSay).max(1_000_000, dollarsSay);

const wholeNumber = (most: number, example: number) => {
  const say = says(
    `a whole number from 1 to ${most.toLocaleString('en')}`,
    `write a number such as ${example}`,
  );
  return z.int(say).min(1, say).max(most, say);
};

export const count = wholeNumber(1_000_000, 3);
export const tokens = wholeNumber(100_000_000, 200_000);
export const points = wholeNumber(100, 50);

const ratioSays = says('a ratio from 1 to 1,000', 'write a number such as 3');
export const ratio = z.number(ratioSays).min(1, ratioSays).max(1_000, ratioSays);

export const yesOrNo = z.boolean(says('true or false', 'write one of the two'));

/** A text may be folded in the file; those who read it read one line. */
const onOneLine = (text: string): string => text.replaceAll(/[\t\r\n\u2028\u2029]+/g, ' ');

export function words(most: number, example: string) {
  const say = says(`a readable text of 1 to ${most} characters`, `write one such as "${example}"`);
  return z.string(say).trim().overwrite(onOneLine).min(1, say).max(most, say).refine(isReadableName, say);
}

const webAddressSays = says('a web address', 'write one such as https://example.com/upgrade');
export const webAddress = z
  .url({ protocol: /^https?$/, ...webAddressSays })
  .max(2_000, webAddressSays)
  .refine(isUnbroken, webAddressSays);

type Says = ReturnType<typeof says> | { readonly error: string };

/** One mailbox: no name, no list, no second line; as long as SMTP takes it (RFC 5321, 4.5.3.1). */
export const mailAddress = (say: Says) =>
  z
    .email(say)
    .max(254, say)
    .refine((text) => text.indexOf('@') <= 64, say);

const addressSays = says('an e-mail address', 'write one such as help@example.com');
export const emailAddress = mailAddress(addressSays);

const senderSays = says('a sender of e-mails', 'write one such as Example <hello@example.com>');
/** An address, or a name and the address in angle brackets: one line, nothing that could start another header. */
export const mailSender = z
  .string(senderSays)
  .trim()
  .max(200, senderSays)
  .refine((text) => {
    const [, name = '', address = ''] =
      /^(?:([^<>"@,;:\\\p{C}\p{Zl}\p{Zp}]{1,100}) )?<?([^<>\s]+)>?$/u.exec(text) ?? [];
    const isBare = !/[<>]/.test(text);
    return emailAddress.safeParse(address).success && (isBare ? name === '' : text.endsWith(`<${address}>`));
  }, senderSays);

const clockSays = says('a time of day', 'write one such as "22:00"');
export const clockTime = z.string(clockSays).regex(/^([01]\d|2[0-3]):[0-5]\d$/, clockSays);

export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(
    names,
    says(`one of ${names.join(', ')}`, `write ${names.length === 1 ? '' : 'for example '}${names[0]}`),
  );
}

const saysSection = (otherwise: string) => ({
  error: ({ code, input }: Raw): string | undefined => {
    if (code !== 'invalid_type') return undefined;
    return input === undefined
      ? 'is missing; write it with its knobs indented below it'
      : `is not a section; write its knobs indented below it, ${otherwise}`;
  },
});

const sectionSays = saysSection('or leave the line out for the defaults');

/** A part of the file with knobs of its own; a knob that nobody knows is a mistake, never ignored. */
export const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, sectionSays);

/** A section that a policy can do without: null is none of it. */
export const sectionOrNone = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, saysSection('or null for none, or leave the line out for the defaults')).nullable();

export const listOf = <Item extends z.ZodType>(item: Item, example: string) => {
  const say = says('a list', `write one such as [${example}]`);
  return z.array(item, say);
};

export const namedSections = <Section extends z.ZodType>(name: z.ZodString, part: Section) =>
  z.record(name, part, {
    error: (raw: Raw) => (raw.code === 'invalid_key' ? raw.issues[0]?.message : sectionSays.error(raw)),
  });
