/** What became of one attempt. `again`: a later one may succeed. `never`: it cannot; `gone`: nor can any other message there. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly error: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'never'; readonly error: string; readonly gone?: boolean };
