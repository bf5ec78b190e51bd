-- Up Migration

-- When the account's workflow had decided all that followed from the period's end; null before. App's clock.
alter table periods add column accounted_at timestamptz;
update periods p set accounted_at = p.ends_at
from accounts a where a.app_id = p.app_id and a.user_id = p.user_id and p.number < a.current_period;

-- Kinds of notices grow with the product; the list is the union in domain/notice/notice.ts.
alter table notices drop constraint notices_kind_check;
alter table notices add constraint notices_kind_check check (kind ~ '^[a-z_]{1,40}$');

-- A nudge is withheld from users who meet the limit without the ladder.
alter table nudges drop constraint nudges_decision_check;
alter table nudges add constraint nudges_decision_check
  check (decision in ('delivered', 'passed', 'lapsed', 'withheld'));

-- Since when an account has been in an arm of the experiment with the ladder; rows only where a policy holds users out.
create table arms (
  app_id text not null,
  user_id text not null,
  arm text not null check (arm in ('ladder', 'holdout')),
  assigned_at timestamptz not null,
  primary key (app_id, user_id, arm)
);

-- Down Migration

drop table arms;
update nudges set decision = 'passed' where decision = 'withheld';
alter table nudges drop constraint nudges_decision_check;
alter table nudges add constraint nudges_decision_check check (decision in ('delivered', 'passed', 'lapsed'));
delete from notices where kind not in ('nudge', 'reset');
alter table notices drop constraint notices_kind_check;
alter table notices add constraint notices_kind_check check (kind in ('nudge', 'reset'));
alter table periods drop column accounted_at;
