-- Accounts at the identity provider: which period of a hire's access holds. The row is locked while
-- the provider is spoken to, so that a process that wakes up late finds out before it acts.

-- One row a hire, kept for ever: a late grant of a period that was revoked finds out by it.
create table identity_account (
    hire_id uuid   primary key,
    period  int    not null check (period > 0),
    state   text   not null check (state in ('granted', 'revoked')),
    groups  text[] not null default '{}',
    check (state = 'granted' or groups = '{}')
);
