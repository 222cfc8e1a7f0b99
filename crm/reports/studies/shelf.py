"""All reports of this kind, in the order of the page that lists them."""

from crm.reports.studies import (
    agents,
    backlog,
    first_contact,
    handovers,
    promises,
    reopenings,
    repeats,
    volumes,
)

STUDIES = {
    module.STUDY.slug: module.STUDY
    for module in (volumes, backlog, first_contact, reopenings, repeats, handovers, agents, promises)
}
