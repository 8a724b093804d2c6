-- The VPN: who may reach the company's network, under which key and address. These tables are the
-- truth; the configuration of the server is rendered from them.

-- One row a hire, kept for ever: a revoked row holds no key and no address, but keeps the period,
-- so that a late grant of a period that was revoked finds out.
create table vpn_peer (
    hire_id     uuid primary key,
    period      int  not null check (period > 0),
    state       text not null check (state in ('granted', 'revoking', 'revoked')),
    public_key  text unique,
    private_key text,
    check (case state when 'revoked' then num_nulls(public_key, private_key) = 2
                      else num_nulls(public_key, private_key) = 0 end),
    check (private_key like 'sealed.v1.%')
);

-- One row an address, so that none is given twice: WireGuard lets a second peer with the same
-- AllowedIPs silently take them from the first.
create table vpn_address (
    address     inet        primary key check (masklen(address) = case family(address) when 4 then 32 else 128 end),
    hire_id     uuid        unique references vpn_peer,
    released_at timestamptz
);
create index vpn_address_free on vpn_address (released_at nulls first, address) where hire_id is null;

-- The server's own key. The row is locked while the configuration is written, by whatever process.
create table vpn_server (
    only_row    bool primary key default true check (only_row),
    public_key  text not null,
    private_key text not null check (private_key like 'sealed.v1.%')
);
