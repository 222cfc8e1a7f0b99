from django.urls import path

from caring.views import editing, effect, policy, programme, runs, scoring, stages, visits, working

app_name = "caring"
urlpatterns = [
    path("", working.work, name="work"),
    path("next/", working.take_best, name="work-next"),
    path("work/<int:pk>/", working.task, name="work-task"),
    path("work/<int:pk>/take/", working.take, name="work-take"),
    path("work/<int:pk>/back/", working.back, name="work-back"),
    path("work/<int:pk>/outcome/", working.outcome, name="work-outcome"),
    path("work/<int:pk>/undo/", working.undo, name="work-undo"),
    path("work/<int:pk>/score/", scoring.score, name="work-score"),
    path("visits/", visits.visits, name="visits"),
    path("visits/act/", visits.act, name="visits-act"),
    path("visits/sheet/", visits.sheet, name="visit-sheet"),
    path("scores/", scoring.scores, name="scores"),
    path("programme/", programme.programme, name="programme"),
    path("tasks/", programme.tasks, name="tasks"),
    path("tasks.<str:suffix>", programme.export, name="tasks-export"),
    path("effect/", effect.effect, name="effect"),
    path("effect/rows/", effect.effect_rows, name="effect-rows"),
    path("effect/<slug:what>.<str:suffix>", effect.effect_file, name="effect-file"),
    path("stages/<int:number>/", stages.stage, name="stage"),
    path("stages/<int:number>/switch/", stages.switch, name="switch"),
    path("stages/<int:number>/edit/", editing.edit, name="edit"),
    path("stages/<int:number>/simulate/", editing.simulation, name="simulate"),
    path("rule/way/", editing.way, name="way"),
    path("rule/row/", editing.row, name="row"),
    path("policy/", policy.policy, name="policy"),
    path("runs/", runs.runs, name="runs"),
    path("runs/now/", runs.evaluate_now, name="evaluate-now"),
]
