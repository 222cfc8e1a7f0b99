"""One act on many cases, in the background: asked for once, done case by case, undone case by case.

`start_job` is the door for every room. The rows of a job are its queue: a worker locks some, acts on each in a
savepoint of its own, writes what became of it and commits; a worker that is killed leaves rows that wait.
"""

from crm.desk.bulk.jobs import start_job, stop_job, undo_job
from crm.desk.bulk.problems import settle_all, take_back, tell_all

__all__ = ["settle_all", "start_job", "stop_job", "take_back", "tell_all", "undo_job"]
