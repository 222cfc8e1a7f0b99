"""What is planned to go wrong: answers of the API, and the events on their way out. Forgotten at a restart."""

import threading
from dataclasses import dataclass, field

ANSWERS = ("429", "500", "503", "hang", "garbage", "close")
TWISTS = ("twice", "reordered", "forged", "unsigned", "dropped")


@dataclass
class Fault:
    """The next `times` calls whose path starts with `path` are answered with `answer`.

    `after` does what was asked first: the answer alone is lost. `seconds`: how long a hang lasts, when a 429 ends.
    """

    answer: str
    times: int = 1
    path: str = ""
    after: bool = False
    seconds: float = 30


@dataclass
class Plan:
    """Shared by all threads."""

    faults: list[Fault] = field(default_factory=list)
    twists: list[str] = field(default_factory=list)
    holding: bool = False
    calmed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add_fault(self, fault: Fault) -> None:
        with self.lock:
            self.calmed.clear()
            self.faults.append(fault)

    def next_fault(self, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if path.startswith(fault.path):
                    fault.times -= 1
                    self.faults = [one for one in self.faults if one.times > 0]
                    return fault
        return None

    def next_twist(self) -> str:
        with self.lock:
            return self.twists.pop(0) if self.twists else ""

    def calm(self) -> None:
        """As if nothing had been planned; who hangs is let go."""
        with self.lock:
            self.faults, self.twists, self.holding = [], [], False
            self.calmed.set()


PLAN = Plan()
