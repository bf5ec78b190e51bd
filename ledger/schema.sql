-- Written by npm run schema:check -- --write; the migrations are the source.

domain account_version bigint CHECK ((VALUE > 0)) NOT VALID

domain last_attempts bigint[] CHECK ((cardinality(VALUE) <= 32)) NOT VALID

domain last_inputs text[] CHECK ((cardinality(VALUE) <= 32)) NOT VALID

domain long_tally bigint CHECK ((VALUE >= 0)) NOT VALID

domain micro_usd bigint CHECK ((VALUE >= 0)) NOT VALID

domain saturated_tally smallint CHECK (((VALUE >= 0) AND (VALUE <= 255))) NOT VALID

domain session_end text CHECK ((VALUE = ANY (ARRAY['ended'::text, 'expired'::text]))) NOT VALID

domain short_tally smallint CHECK ((VALUE >= 0)) NOT VALID

domain tally integer CHECK ((VALUE >= 0)) NOT VALID

domain tier text CHECK ((VALUE = ANY (ARRAY['standard'::text, 'economy'::text]))) NOT VALID

table accounts
  column app_id text not null
  column user_id text not null
  column version account_version not null
  column registered_at timestamp with time zone not null
  column registration_given boolean not null
  column time_zone text not null
  column plan text
  column locale text not null
  column email text
  column registration jsonb
  column current_period integer
  column day_date date
  column day_starts_at timestamp with time zone
  column day_ends_at timestamp with time zone
  column day_sessions tally not null default 0
  column day_spent_micro_usd micro_usd not null default 0
  column day_attempts saturated_tally not null default 0
  column day_refunds short_tally not null default 0
  column last_command tally not null default 0
  column entitlement jsonb not null
  column recent_inputs last_inputs not null default '{}'::text[]
  column recent_attempts last_attempts not null default '{}'::bigint[]
  constraint accounts_pkey PRIMARY KEY (app_id, user_id)
  index CREATE UNIQUE INDEX accounts_pkey ON public.accounts USING btree (app_id, user_id)

table answers
  column app_id text not null
  column key text not null
  column fingerprint text not null
  column status smallint
  column body jsonb
  column created_at timestamp with time zone not null default now()
  column claimed_until timestamp with time zone
  constraint answers_check CHECK (((status IS NULL) = (claimed_until IS NOT NULL)))
  constraint answers_pkey PRIMARY KEY (app_id, key)
  index CREATE INDEX answers_by_age ON public.answers USING btree (created_at)
  index CREATE UNIQUE INDEX answers_pkey ON public.answers USING btree (app_id, key)

table api_keys
  column key_id text not null
  column app_id text
  column secret_sha256 bytea not null
  column scopes text[] not null
  column created_at timestamp with time zone not null default now()
  column expires_at timestamp with time zone
  column revoked_at timestamp with time zone
  column name text not null default ''::text
  column last_used_at timestamp with time zone
  constraint api_keys_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(app_id)
  constraint api_keys_check CHECK (((app_id IS NOT NULL) OR (scopes = ARRAY['admin'::text])))
  constraint api_keys_pkey PRIMARY KEY (key_id)
  constraint api_keys_scopes_check CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['app'::text, 'growth'::text, 'admin'::text])))
  constraint api_keys_secret_sha256_check CHECK ((length(secret_sha256) = 32))
  constraint api_keys_secret_sha256_key UNIQUE (secret_sha256)
  index CREATE INDEX api_keys_of_app ON public.api_keys USING btree (app_id, created_at)
  index CREATE UNIQUE INDEX api_keys_pkey ON public.api_keys USING btree (key_id)
  index CREATE UNIQUE INDEX api_keys_secret_sha256_key ON public.api_keys USING btree (secret_sha256)

table apps
  column app_id text not null
  column name text not null
  column mode text not null
  column clock_offset_ms bigint not null default 0
  column policy_version text not null
  column created_at timestamp with time zone not null default now()
  column mail_key bytea not null default (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
  column origins text[] not null default '{}'::text[]
  constraint apps_app_id_check CHECK ((app_id ~ '^[a-z0-9][a-z0-9_-]{0,39}$'::text))
  constraint apps_app_id_policy_version_fkey FOREIGN KEY (app_id, policy_version) REFERENCES policies(app_id, version) DEFERRABLE INITIALLY DEFERRED
  constraint apps_check CHECK (((mode = 'sandbox'::text) OR (clock_offset_ms = 0)))
  constraint apps_clock_offset_ms_check CHECK ((clock_offset_ms >= 0))
  constraint apps_mode_check CHECK ((mode = ANY (ARRAY['sandbox'::text, 'live'::text])))
  constraint apps_pkey PRIMARY KEY (app_id)
  index CREATE UNIQUE INDEX apps_pkey ON public.apps USING btree (app_id)

table arms
  column app_id text not null
  column user_id text not null
  column arm text not null
  column assigned_at timestamp with time zone not null
  constraint arms_arm_check CHECK ((arm = ANY (ARRAY['ladder'::text, 'holdout'::text])))
  constraint arms_pkey PRIMARY KEY (app_id, user_id, arm)
  index CREATE UNIQUE INDEX arms_pkey ON public.arms USING btree (app_id, user_id, arm)

table audit
  column audit_id bigint not null
  column app_id text
  column actor text not null
  column act text not null
  column subject text not null
  column details jsonb not null default '{}'::jsonb
  column at timestamp with time zone not null default now()
  constraint audit_pkey PRIMARY KEY (audit_id)
  index CREATE INDEX audit_newest ON public.audit USING btree (app_id, audit_id)
  index CREATE INDEX audit_of_app ON public.audit USING btree (app_id, at)
  index CREATE UNIQUE INDEX audit_pkey ON public.audit USING btree (audit_id)

table authorizations
  column app_id text not null
  column session_id text not null
  column authorization_id text not null
  column user_id text not null
  column model text not null
  column input_tokens tally not null
  column output_tokens tally not null
  column reserved_micro_usd micro_usd not null
  column authorized_at timestamp with time zone not null
  column expires_at timestamp with time zone not null
  column closed_at timestamp with time zone
  column close_reason text
  column fingerprint text not null
  column version bigint not null
  column policy_version text not null
  constraint authorizations_check CHECK (((closed_at IS NULL) = (close_reason IS NULL)))
  constraint authorizations_close_reason_check CHECK ((close_reason = ANY (ARRAY['used'::text, 'expired'::text])))
  constraint authorizations_pkey PRIMARY KEY (app_id, session_id, authorization_id)
  index CREATE INDEX authorizations_open ON public.authorizations USING btree (app_id, user_id) WHERE (closed_at IS NULL)
  index CREATE UNIQUE INDEX authorizations_pkey ON public.authorizations USING btree (app_id, session_id, authorization_id)
  index CREATE INDEX authorizations_to_check ON public.authorizations USING btree (app_id, expires_at) WHERE (closed_at IS NULL)

table commands
  column app_id text not null
  column user_id text not null
  column number integer not null
  column key text not null
  column kind text not null
  column issued_by text not null
  column note text not null
  column issued_at timestamp with time zone not null
  column details jsonb not null default '{}'::jsonb
  column version bigint not null default 0
  constraint commands_app_id_user_id_key_key UNIQUE (app_id, user_id, key)
  constraint commands_kind_check CHECK ((kind ~ '^[a-z_]{1,40}$'::text))
  constraint commands_number_check CHECK ((number > 0))
  constraint commands_pkey PRIMARY KEY (app_id, user_id, number)
  constraint commands_version_check CHECK ((version >= 0))
  index CREATE UNIQUE INDEX commands_app_id_user_id_key_key ON public.commands USING btree (app_id, user_id, key)
  index CREATE UNIQUE INDEX commands_pkey ON public.commands USING btree (app_id, user_id, number)

table crossings
  column app_id text not null
  column user_id text not null
  column period integer not null
  column threshold smallint not null
  column dimension text not null
  column crossed_at timestamp with time zone not null
  column version bigint not null default 0
  column ordinal integer not null default 0
  constraint crossings_dimension_check CHECK ((dimension = ANY (ARRAY['sessions'::text, 'usage'::text])))
  constraint crossings_ordinal_check CHECK ((ordinal >= 0))
  constraint crossings_pkey PRIMARY KEY (app_id, user_id, period, threshold)
  constraint crossings_threshold_check CHECK (((threshold >= 1) AND (threshold <= 100)))
  index CREATE UNIQUE INDEX crossings_pkey ON public.crossings USING btree (app_id, user_id, period, threshold)

table deliveries
  column delivery_id text not null
  column app_id text not null
  column user_id text not null
  column notice_id text not null
  column channel text not null
  column payload jsonb not null
  column status text not null default 'pending'::text
  column attempts integer not null default 0
  column next_attempt_at timestamp with time zone default now()
  column last_error text
  column created_at timestamp with time zone not null default now()
  column finished_at timestamp with time zone
  column target text not null default ''::text
  column message_id text not null
  column traceparent text
  constraint deliveries_app_id_user_id_notice_id_channel_target_key UNIQUE (app_id, user_id, notice_id, channel, target)
  constraint deliveries_channel_check CHECK ((channel = ANY (ARRAY['webhook'::text, 'email'::text])))
  constraint deliveries_check CHECK (((status = 'pending'::text) = (next_attempt_at IS NOT NULL)))
  constraint deliveries_pkey PRIMARY KEY (delivery_id)
  constraint deliveries_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
  index CREATE UNIQUE INDEX deliveries_app_id_user_id_notice_id_channel_target_key ON public.deliveries USING btree (app_id, user_id, notice_id, channel, target)
  index CREATE INDEX deliveries_due ON public.deliveries USING btree (channel, target, next_attempt_at) WHERE (next_attempt_at IS NOT NULL)
  index CREATE INDEX deliveries_of_app ON public.deliveries USING btree (app_id, created_at DESC, delivery_id)
  index CREATE UNIQUE INDEX deliveries_pkey ON public.deliveries USING btree (delivery_id)

table erasure_key
  column singleton boolean not null default true
  column inner_pad bytea not null
  column outer_pad bytea not null
  constraint erasure_key_inner_pad_check CHECK ((length(inner_pad) = 64))
  constraint erasure_key_outer_pad_check CHECK ((length(outer_pad) = 64))
  constraint erasure_key_pkey PRIMARY KEY (singleton)
  constraint erasure_key_singleton_check CHECK (singleton)
  index CREATE UNIQUE INDEX erasure_key_pkey ON public.erasure_key USING btree (singleton)

table erasures
  column app_id text not null
  column user_hmac bytea not null
  column user_id text
  column requested_by text not null
  column requested_at timestamp with time zone not null default now()
  column quiet_since timestamp with time zone
  column last_error text
  column erased_at timestamp with time zone
  column allowance jsonb
  column allowance_until timestamp with time zone
  constraint erasures_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(app_id)
  constraint erasures_check CHECK (((user_id IS NULL) = (erased_at IS NOT NULL)))
  constraint erasures_check1 CHECK (((allowance IS NULL) = (allowance_until IS NULL)))
  constraint erasures_pkey PRIMARY KEY (app_id, user_hmac)
  constraint erasures_user_hmac_check CHECK ((length(user_hmac) = 32))
  index CREATE INDEX erasures_done ON public.erasures USING btree (app_id, erased_at) WHERE (erased_at IS NOT NULL)
  index CREATE UNIQUE INDEX erasures_pkey ON public.erasures USING btree (app_id, user_hmac)
  index CREATE UNIQUE INDEX erasures_under_way ON public.erasures USING btree (app_id, user_id) WHERE (user_id IS NOT NULL)

table ledger_epoch
  column singleton boolean not null default true
  column epoch bigint not null default 1
  column temporal_namespace text
  constraint ledger_epoch_epoch_check CHECK ((epoch > 0))
  constraint ledger_epoch_pkey PRIMARY KEY (singleton)
  constraint ledger_epoch_singleton_check CHECK (singleton)
  index CREATE UNIQUE INDEX ledger_epoch_pkey ON public.ledger_epoch USING btree (singleton)

table mail_preferences
  column app_id text not null
  column user_id text not null
  column unsubscribed_at timestamp with time zone
  column undeliverable_address bytea
  column undeliverable_at timestamp with time zone
  column undeliverable_reason text
  constraint mail_preferences_pkey PRIMARY KEY (app_id, user_id)
  index CREATE UNIQUE INDEX mail_preferences_pkey ON public.mail_preferences USING btree (app_id, user_id)

table notices
  column app_id text not null
  column user_id text not null
  column notice_id text not null
  column kind text not null
  column period integer not null
  column threshold smallint
  column text text not null
  column created_at timestamp with time zone not null
  column seen_at timestamp with time zone
  column position bigint not null
  column dismissed_at timestamp with time zone
  constraint notices_kind_check CHECK ((kind ~ '^[a-z_]{1,40}$'::text))
  constraint notices_pkey PRIMARY KEY (app_id, user_id, notice_id)
  index CREATE INDEX notices_in_order ON public.notices USING btree (app_id, user_id, "position")
  index CREATE INDEX notices_newest ON public.notices USING btree (app_id, user_id, created_at DESC)
  index CREATE UNIQUE INDEX notices_pkey ON public.notices USING btree (app_id, user_id, notice_id)

table nudges
  column app_id text not null
  column user_id text not null
  column period integer not null
  column threshold smallint not null
  column decision text not null
  column decided_at timestamp with time zone not null
  constraint nudges_app_id_user_id_period_threshold_fkey FOREIGN KEY (app_id, user_id, period, threshold) REFERENCES crossings(app_id, user_id, period, threshold) ON DELETE CASCADE
  constraint nudges_decision_check CHECK ((decision = ANY (ARRAY['delivered'::text, 'passed'::text, 'lapsed'::text, 'withheld'::text])))
  constraint nudges_pkey PRIMARY KEY (app_id, user_id, period, threshold)
  index CREATE UNIQUE INDEX nudges_pkey ON public.nudges USING btree (app_id, user_id, period, threshold)

table outbox
  column app_id text not null
  column user_id text not null
  column seq bigint not null
  column acked_seq bigint not null default 0
  column send_at timestamp with time zone
  column sent_at timestamp with time zone
  column attempts integer not null default 0
  column last_error text
  column set_aside_at timestamp with time zone
  column wake_at timestamp with time zone
  column epoch long_tally not null default 0
  column traceparent text
  column urgent boolean not null default false
  constraint outbox_pkey PRIMARY KEY (app_id, user_id)
  index CREATE INDEX outbox_in_flight ON public.outbox USING btree (urgent, send_at) WHERE (attempts = 1)
  index CREATE UNIQUE INDEX outbox_pkey ON public.outbox USING btree (app_id, user_id)
  index CREATE INDEX outbox_to_send ON public.outbox USING btree (urgent, send_at) WHERE ((send_at IS NOT NULL) AND (set_aside_at IS NULL))
  index CREATE INDEX outbox_to_wake ON public.outbox USING btree (app_id, wake_at) WHERE (wake_at IS NOT NULL)

table periods
  column app_id text not null
  column user_id text not null
  column number integer not null
  column version bigint not null
  column starts_at timestamp with time zone not null
  column ends_at timestamp with time zone not null
  column time_zone text not null
  column plan text not null
  column policy_version text not null
  column sessions_used tally not null
  column spent_micro_usd micro_usd not null
  column held_micro_usd micro_usd not null
  column overshoot_micro_usd micro_usd not null
  column crossed smallint[] not null default '{}'::smallint[]
  column drawn_before jsonb not null default '{}'::jsonb
  column carried jsonb
  column accounted_at timestamp with time zone
  constraint periods_pkey PRIMARY KEY (app_id, user_id, number)
  constraint periods_span CHECK (((number > 0) AND (starts_at < ends_at))) NOT VALID
  index CREATE UNIQUE INDEX periods_pkey ON public.periods USING btree (app_id, user_id, number)

table policies
  column app_id text not null
  column version text not null
  column document jsonb not null
  column created_at timestamp with time zone not null default now()
  constraint policies_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(app_id) DEFERRABLE INITIALLY DEFERRED
  constraint policies_pkey PRIMARY KEY (app_id, version)
  index CREATE UNIQUE INDEX policies_pkey ON public.policies USING btree (app_id, version)

table policy_changes
  column app_id text not null
  column user_id text not null
  column version bigint not null
  column period integer not null
  column former_policy text not null
  column policy_version text not null
  column changed_at timestamp with time zone not null
  constraint policy_changes_pkey PRIMARY KEY (app_id, user_id, version)
  constraint policy_changes_version_check CHECK ((version > 0))
  index CREATE UNIQUE INDEX policy_changes_pkey ON public.policy_changes USING btree (app_id, user_id, version)

table reconciliations
  column run_id text not null
  column started_at timestamp with time zone not null default now()
  column finished_at timestamp with time zone
  column accounts integer not null default 0
  column missing integer not null default 0
  column failed integer not null default 0
  column stale integer not null default 0
  column needless integer not null default 0
  column orphaned integer not null default 0
  column mended integer not null default 0
  constraint reconciliations_pkey PRIMARY KEY (run_id)
  index CREATE INDEX reconciliations_newest ON public.reconciliations USING btree (started_at DESC)
  index CREATE UNIQUE INDEX reconciliations_pkey ON public.reconciliations USING btree (run_id)

table reviews
  column review_id text not null
  column app_id text not null
  column user_id text not null
  column status text not null default 'open'::text
  column opened_at timestamp with time zone not null
  column due_at timestamp with time zone not null
  column score smallint not null
  column signals jsonb not null
  column decided_at timestamp with time zone
  column decided_by text
  column note text
  constraint reviews_check CHECK (((status = 'open'::text) = (decided_at IS NULL)))
  constraint reviews_pkey PRIMARY KEY (review_id)
  constraint reviews_score_check CHECK ((score >= 0))
  constraint reviews_status_check CHECK ((status = ANY (ARRAY['open'::text, 'approved'::text, 'rejected'::text, 'released'::text])))
  index CREATE INDEX reviews_by_status ON public.reviews USING btree (app_id, status, due_at)
  index CREATE INDEX reviews_of_account ON public.reviews USING btree (app_id, user_id, opened_at)
  index CREATE UNIQUE INDEX reviews_pkey ON public.reviews USING btree (review_id)

table sessions
  column session_id text not null
  column app_id text not null
  column user_id text not null
  column period integer not null
  column date date not null
  column tier tier not null
  column cap_micro_usd micro_usd not null
  column held_micro_usd micro_usd not null
  column spent_micro_usd micro_usd not null
  column overshoot_micro_usd micro_usd not null
  column usage_events tally not null
  column started_at timestamp with time zone not null
  column expires_at timestamp with time zone not null
  column check_at timestamp with time zone not null
  column ended_at timestamp with time zone
  column end_reason session_end
  column counted boolean not null
  column client jsonb
  column metadata jsonb
  column tokens long_tally not null default 0
  column admitted_version bigint not null default 0
  column ended_version bigint
  column given_back_version bigint
  constraint sessions_end CHECK ((((ended_at IS NULL) = (end_reason IS NULL)) AND (((ended_at IS NULL) = (ended_version IS NULL)) OR (admitted_version = 0)))) NOT VALID
  constraint sessions_pkey PRIMARY KEY (session_id)
  constraint sessions_within_cap CHECK ((((held_micro_usd)::bigint <= (cap_micro_usd)::bigint) AND ((spent_micro_usd)::bigint <= ((cap_micro_usd)::bigint + (overshoot_micro_usd)::bigint)))) NOT VALID
  index CREATE INDEX sessions_of_account ON public.sessions USING btree (app_id, user_id, started_at)
  index CREATE INDEX sessions_open ON public.sessions USING btree (app_id, user_id) WHERE (ended_at IS NULL)
  index CREATE UNIQUE INDEX sessions_pkey ON public.sessions USING btree (session_id)
  index CREATE INDEX sessions_to_check ON public.sessions USING btree (app_id, check_at) WHERE (ended_at IS NULL)

table usage_events
  column app_id text not null
  column event_id text not null
  column session_id text not null
  column user_id text not null
  column period integer not null
  column cost_micro_usd micro_usd not null
  column model text
  column input_tokens tally
  column cached_input_tokens tally
  column output_tokens tally
  column reasoning_tokens tally
  column occurred_at timestamp with time zone not null
  column recorded_at timestamp with time zone not null
  column fingerprint text not null
  column version bigint not null default 0
  column overshoot_micro_usd micro_usd not null default 0
  column cache_write_tokens tally
  column authorization_id text
  column ordinal tally not null default 0
  constraint usage_events_pkey PRIMARY KEY (app_id, event_id)
  constraint usage_events_within_cost CHECK (((overshoot_micro_usd)::bigint <= (cost_micro_usd)::bigint)) NOT VALID
  index CREATE INDEX usage_events_of_session ON public.usage_events USING btree (session_id)
  index CREATE UNIQUE INDEX usage_events_pkey ON public.usage_events USING btree (app_id, event_id)

table user_events
  column app_id text not null
  column user_id text not null
  column event_id text not null
  column kind text not null
  column plan text
  column note text not null
  column occurred_at timestamp with time zone not null
  column recorded_at timestamp with time zone not null
  constraint user_events_kind_check CHECK ((kind = ANY (ARRAY['upgrade_page_viewed'::text, 'upgraded'::text, 'downgraded'::text, 'email_bounced'::text, 'email_complained'::text])))
  constraint user_events_pkey PRIMARY KEY (app_id, user_id, event_id)
  index CREATE INDEX user_events_by_time ON public.user_events USING btree (app_id, kind, occurred_at)
  index CREATE UNIQUE INDEX user_events_pkey ON public.user_events USING btree (app_id, user_id, event_id)

table webhook_endpoints
  column app_id text not null
  column url text not null
  column secret text not null
  column created_at timestamp with time zone not null default now()
  column endpoint_id text not null
  column events text[] not null
  column enabled boolean not null default true
  column previous_secret text
  column previous_until timestamp with time zone
  column failures integer not null default 0
  column paused_until timestamp with time zone
  constraint webhook_endpoints_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(app_id)
  constraint webhook_endpoints_pkey PRIMARY KEY (endpoint_id)
  index CREATE INDEX webhook_endpoints_of_app ON public.webhook_endpoints USING btree (app_id)
  index CREATE UNIQUE INDEX webhook_endpoints_pkey ON public.webhook_endpoints USING btree (endpoint_id)
