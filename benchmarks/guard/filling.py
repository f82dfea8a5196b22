"""Very many users and audit events, made by the database itself.

They have the shape of real rows; what no measured statement reads is made up: the MACs of these events chain nothing,
so the record of such a database does not verify, and nobody can sign in as these users.
"""

import psycopg

_INDEXED = ("auth_users", "auth_factors", "auth_audit_events")
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = %s AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
_ACCOUNTS = """
    INSERT INTO auth_accounts (id, name, owner_id, owner_epoch, created_at)
    SELECT md5('account' || n), 'Account ' || n, md5('user' || n), 0, now() - interval '400 days'
    FROM generate_series(1, %s) n
"""
_USERS = """
    INSERT INTO auth_users (id, account_id, kind, name, email, language, password_hash, password_changed_at,
        password_epoch, state, new_password_required, factor_epoch, awaits_operator, created_at)
    SELECT md5('user' || n), md5('account' || n), 'member', 'Filler ' || n, 'filler' || n || '@filler.example', 'en',
        '$argon2id$v=19$m=65536,t=3,p=4$' || md5('salt' || n) || '$' || md5('a' || n) || md5('b' || n),
        now() - interval '400 days', 0, 'enrolled', false, 0, false, now() - interval '400 days'
    FROM generate_series(1, %s) n
"""
_FACTORS = """
    INSERT INTO auth_factors (id, user_id, kind, status, secret, created_at, confirmed_at)
    SELECT md5('factor' || n), md5('user' || n), 'app', 'live', decode(md5('c' || n) || md5('d' || n), 'hex'),
        now() - interval '399 days', now() - interval '399 days'
    FROM generate_series(1, %s) n
"""
_EVENTS = """
    INSERT INTO auth_audit_events (seq, at, tag, actor, user_id, account_id, data, request_id, clock_offset_s, mac)
    SELECT head.seq + n, now() - interval '1 day' + n * interval '1 millisecond',
        (ARRAY['login:password', 'login:second_step', 'password:refused', 'code:sent'])[1 + n %% 4],
        'user:' || md5('user' || who), md5('user' || who), md5('account' || who),
        '{"ip": "198.51.100.7", "level": "password"}', lpad(n::text, 16, 'r'), 0, lpad(n::text, 64, '0')
    FROM auth_audit_head head, generate_series(1, %s) n, LATERAL (SELECT 1 + (n * 7919::bigint) %% %s AS who) w
"""
_HEAD = "UPDATE auth_audit_head SET (seq, mac) = (SELECT seq, mac FROM auth_audit_events ORDER BY seq DESC LIMIT 1)"
_FIRST_HEAD = "INSERT INTO auth_audit_head (id, seq, mac) VALUES (1, 0, repeat('0', 64)) ON CONFLICT DO NOTHING"


def fill(url: str, *, users: int, events: int) -> None:
    """Adds the rows; indexes are made again afterwards, which is quicker than keeping them."""
    with psycopg.connect(url, autocommit=True) as database:
        indexes = [row for table in _INDEXED for row in database.execute(_INDEXES, (table,)).fetchall()]
        for name, _definition in indexes:
            database.execute(f'DROP INDEX "{name}"')  # type: ignore[arg-type, call-overload, unused-ignore]
        for setting in (
            "session_replication_role = replica",
            "synchronous_commit = off",
            "maintenance_work_mem = '1GB'",
        ):
            database.execute(f"SET {setting}")  # of this connection alone; foreign keys hold by construction
        database.execute(_FIRST_HEAD)
        for statement, values in (
            (_ACCOUNTS, (users,)),
            (_USERS, (users,)),
            (_FACTORS, (users,)),
            (_EVENTS, (events, users)),
            (_HEAD, None),
        ):
            database.execute(statement, values)
        for _name, definition in indexes:
            database.execute(definition)
        database.execute("ANALYZE")
