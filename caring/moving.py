"""What of this room goes with a customer's record when it moves or is merged."""

from caring.models import Task
from crm.customers import linking


def register_movers() -> None:
    # No two occasions of different customers are the same one, so nothing collides in one_task_an_occasion_of_customer.
    linking.register("caring_tasks", lambda move: move.rows("caring_tasks", Task.objects.all()))
