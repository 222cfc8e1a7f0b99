"""Moving house: a backup of one server comes to life on another one, whose transactions begin anew."""

from pathlib import Path

from crm.lib.backup.make import make_backup
from tests.backup.conftest import everything, held
from tests.home import a_home

GO_ON = """
from crm.cases.models import Breach, Case
from crm.cases.sweep import sweep
from crm.events.subscribe import deliver_all
from crm.events.models import Event, Subscriber
sweep()
print(Case.objects.count(), Breach.objects.count(), deliver_all() >= Event.objects.filter(kind="case.opened").count())
"""


def test_a_backup_moves_to_another_server_and_the_product_goes_on(operator: None, folder: Path, files: Path) -> None:
    made, before = make_backup(folder), everything()
    with a_home() as house:
        said = house.manage("restore", str(made), SECRET_KEY="of the new house")
        url = house.run("start")["DATABASE_URL"]
        assert "events adopted" in said
        assert "open the secrets of x sapa" in said
        assert everything(url) == before
        assert held(house.path / "files") == held(files)
        assert house.manage("shell", "-v0", "-c", GO_ON).split() == ["2", "1", "True"]
        assert (house.path / "files").stat().st_uid == house.path.stat().st_uid
