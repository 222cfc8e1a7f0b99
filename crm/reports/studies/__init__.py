"""The reports beside the SLA report: one module a report, one way of counting, listing and naming for all of them."""
