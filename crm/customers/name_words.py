"""Which words names are made of, counted each night: a misspelt name is set right by them before anybody is looked for.

There are some thousands of them where there are millions of names. A word that fewer than three bear is left out: it
could tell who somebody is.
"""

from django.db import connection, transaction

COMMON = 3
COUNT = """
    INSERT INTO customers_nameword (word, bearers)
    SELECT word, count(*) FROM (
        SELECT DISTINCT id, word FROM customers_customer, regexp_split_to_table(lower(name), '[^[:alnum:]]+') AS word
        WHERE name <> '' AND absorbed_into_id IS NULL AND erased_at IS NULL
    ) AS borne WHERE length(word) BETWEEN 3 AND 40 GROUP BY word HAVING count(*) >= %s
"""


@transaction.atomic
def learn_names() -> int:
    """All of them anew; how many there are. Whoever searches meanwhile sees those of before; a second run waits."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE customers_nameword IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM customers_nameword")
        cursor.execute(COUNT, [COMMON])
        return int(cursor.rowcount)
