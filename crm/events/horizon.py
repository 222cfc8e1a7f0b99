"""Up to where events can be read without skipping one that is still to be committed."""

from django.db import connection

# Transactions of other databases of the server cannot write our events: without leaving them out, any long one
# (a dump, a bench, a colleague's test) would hold up all news. A number that cannot be told counts as ours.
# pg_stat_activity knows only the lower 32 bits of a transaction's number.
HORIZON = """
WITH now AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot),
elsewhere AS MATERIALIZED (
    SELECT backend_xid::text::bigint AS number FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND datname <> current_database()
),
running AS (
    SELECT xid::text::bigint AS number FROM now, pg_snapshot_xip(snapshot) AS xid
)
SELECT least(
    pg_snapshot_xmax(snapshot)::text::bigint,
    pg_current_xact_id_if_assigned()::text::bigint,
    (SELECT min(number) FROM running WHERE number & 4294967295 NOT IN (SELECT number FROM elsewhere))
) FROM now
"""


def finished_transactions() -> int:
    """Every transaction below this number is over: nothing older can still appear.

    A bigserial id can commit out of order; reading by (transaction, id) below this horizon cannot skip the gap.
    """
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        return int(cursor.fetchone()[0])
