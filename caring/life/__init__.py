"""The programme as one line lives it: where it stands in each of the 24 stages, what happened, what may come next."""
