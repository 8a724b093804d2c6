-- Accounts whose provider says who they are (OpenID Connect): `issuer` and `subject` name them, as the
-- provider does for ever, and no password is kept. A login is one's own among local accounts only, so
-- that what a provider calls somebody never opens another's account.
alter table account
    alter column password drop not null,
    add column issuer  text,
    add column subject text,
    add constraint account_is_local_or_of_a_provider
        check ((issuer is null) = (subject is null) and (issuer is null) = (password is not null)),
    drop constraint account_login_key;
create unique index account_login on account (login) where issuer is null;
create unique index account_subject on account (issuer, subject) where issuer is not null;
