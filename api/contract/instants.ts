/** A time as the API writes it: RFC 3339 in UTC. */
export type ApiInstant = string;
