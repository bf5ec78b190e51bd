import { deleteUser } from './resources/erasures.ts';
import { authorizeCall } from './resources/authorizations.ts';
import { postApp, putOrigins } from './resources/apps.ts';
import { getAudit } from './resources/audit.ts';
import { keyRoutes } from './resources/keys.ts';
import { postGrant } from './resources/grants.ts';
import { getDeliveries, postResend } from './resources/deliveries.ts';
import { dismissNotice, getInbox, seeNotice } from './resources/inbox.ts';
import { streamInbox } from './resources/inbox-stream.ts';
import { getLimits } from './resources/limits.ts';
import { getMail } from './resources/mail.ts';
import { deleteModifier, postOverride } from './resources/overrides.ts';
import { decideOnReview, getReviews } from './resources/reviews.ts';
import { endSession, startSession } from './resources/sessions.ts';
import { getTimeline } from './resources/timeline.ts';
import { advanceClock, getClock } from './resources/test-clock.ts';
import { reportUsageBatch } from './resources/usage-batch.ts';
import { reportUsage } from './resources/usage.ts';
import { postUserEvent } from './resources/user-events.ts';
import { postUserToken } from './resources/user-tokens.ts';
import { getUsage, putUser } from './resources/users.ts';
import { webhookRoutes } from './resources/webhooks.ts';
import type { Route } from './route.ts';

/** Every route under /v1, in the order in which the reference page shows them. */
export const routes: readonly Route[] = [
  putUser,
  startSession,
  authorizeCall,
  reportUsage,
  reportUsageBatch,
  endSession,
  getUsage,
  postUserEvent,
  getMail,
  postUserToken,
  deleteUser,
  getInbox,
  seeNotice,
  dismissNotice,
  streamInbox,
  getLimits,
  postGrant,
  postOverride,
  deleteModifier,
  getTimeline,
  getReviews,
  decideOnReview,
  advanceClock,
  getClock,
  ...webhookRoutes,
  getDeliveries,
  postResend,
  postApp,
  putOrigins,
  ...keyRoutes,
  getAudit,
];
