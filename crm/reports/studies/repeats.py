"""Customers who had to ask about the same thing again."""

from django.utils.translation import gettext_lazy as _

from crm.reports.studies.study import Length, Measure, Share, Study

THINGS = """
SELECT 'o' || c.id AS key, c.id AS case_id, c.opened_at AS at, NULL::text AS agent,
       CASE WHEN earlier.number >= 2 THEN 'third' WHEN earlier.number = 1 THEN 'second' ELSE 'first' END AS what,
       extract(epoch FROM c.opened_at - earlier.last)::float8 AS seconds
FROM cases_case c
CROSS JOIN LATERAL (
    SELECT count(*) AS number, max(o.opened_at) AS last FROM cases_case o
    WHERE o.customer_id = c.customer_id AND o.category_id = c.category_id AND o.id <> c.id
      AND o.opened_at < c.opened_at AND o.opened_at >= c.opened_at - interval '30 days'
      AND o.merged_into_id IS NULL AND NOT o.is_archive AND o.state NOT IN ('cancelled', 'rejected')
) earlier
WHERE c.opened_at >= %(since)s AND c.opened_at < %(until)s AND c.state NOT IN ('cancelled', 'rejected')
"""

STUDY = Study(
    slug="repeats",
    name=_("Repeats"),
    about=_(
        "The same customer with the same category again within 30 days. A case without a category repeats nothing."
    ),
    icon="repeat",
    things=THINGS,
    measures=(
        Measure(
            "all",
            _("Repeats"),
            _(
                "An earlier case of the same customer and the same category was opened in the 30 "
                "days before this one; merged, cancelled and rejected ones do not count."
            ),
            "what <> 'first'",
            "listening",
        ),
        Measure("second", _("the second time"), _("One earlier case."), "what = 'second'", "accent"),
        Measure("third", _("the third time or more"), _("Two or more earlier cases."), "what = 'third'", "ink"),
        Measure(
            "opened", _("Opened"), _("All cases of this time; not cancelled, rejected or merged ones."), tone="wait"
        ),
    ),
    shares=(Share("share", _("Repeats, %"), _("Of the cases opened."), "all", "opened"),),
    lengths=(Length("after", _("Since the earlier case"), _("From its beginning to this one's."), "all"),),
    charted=("second", "third"),
    headline=("all", "share", "third", "after"),
    whats={"first": _("the first time"), "second": _("the second time"), "third": _("the third time or more")},
    at_word=_("Opened"),
    seconds_word=_("Since the earlier case"),
    agent_word=_("who has the case"),
    first_by="category",
)
