declare const brand: unique symbol;

/** A primitive that only its own constructor can make, so that ids and amounts cannot be swapped by mistake. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
