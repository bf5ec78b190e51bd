import type { Crossing } from '../../domain/account/state.ts';
import { instantToRow } from './instant.ts';

export const crossingToRow = (crossing: Crossing) => ({
  period: crossing.period,
  threshold: crossing.threshold,
  dimension: crossing.dimension,
  crossed_at: instantToRow(crossing.at),
  version: crossing.version,
  ordinal: crossing.ordinal,
});
