"""Who is likely to leave: a risk learnt from what came of the same lines a month ago."""
