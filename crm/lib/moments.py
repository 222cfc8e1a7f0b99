"""The one clock: the database's. Several web hosts never agree to the millisecond."""

import datetime as dt

from django.db import connection


def database_now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
        return moment
