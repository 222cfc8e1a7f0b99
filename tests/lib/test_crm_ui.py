from datetime import timedelta

from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from crm.lib.templatetags import crm_ui


def shown(source, **context):
    return Template(source).render(Context(context))


def test_an_icon_is_decoration_from_the_sprite():
    assert crm_ui.icon("clock", "s") == (
        '<svg class="i s" aria-hidden="true"><use href="/static/vendor/icons.svg#clock"></use></svg>'
    )


def test_a_running_clock_counts_on_in_the_browser_and_a_stopped_one_does_not():
    running = crm_ui.countdown_chip(timezone.now() + timedelta(seconds=221.9), "risk")
    stopped = crm_ui.countdown_chip(None, "wait", "1d 03h")
    assert "#alert-triangle" in running
    assert '<span class="num" data-left>03:41</span>' in running
    assert "#hourglass" in stopped
    assert '<span class="num">1d 03h</span>' in stopped


def test_a_bar_never_runs_out_of_its_frame():
    assert 'width="100.00"' in crm_ui.bar(130)
    assert 'width="0.00"' in crm_ui.bar(-1)


def test_a_bar_is_written_for_machines_whatever_the_reader_speaks():
    with translation.override("id"):
        bar = shown("{% bar share goal=92.5 %}", share=80.5)
    assert 'width="80.50"' in bar
    assert 'd="M92.50 0v4"' in bar


def test_a_name_from_a_customer_cannot_become_markup():
    assert "<script>" not in shown('{% channel "x" word %}', word="<script>")
    assert "<script>" not in crm_ui.countdown_chip(None, "wait", "<script>")


def test_a_network_without_a_drawing_of_its_own_gets_the_globe():
    assert "#world" in crm_ui.channel("mastodon", "Mastodon")


class Opening(forms.Form):
    subject = forms.CharField(help_text="A few words.")
    kind = forms.ChoiceField(choices=[("problem", "Problem")])
    urgent = forms.BooleanField(required=False)


def test_a_wrong_field_says_so_beside_itself_and_to_a_screen_reader():
    form = Opening({"subject": "", "kind": "problem"})
    field = shown('{% include "_components/field.html" with field=form.subject %}', form=form)
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_subject_helptext id_subject_error"' in field
    assert 'id="id_subject_helptext"' in field
    assert 'id="id_subject_error"' in field


def test_a_choice_is_a_select_and_a_yes_or_no_is_a_tick():
    form = Opening()
    assert 'class="form-select"' in shown('{% include "_components/field.html" with field=form.kind %}', form=form)
    assert 'class="tick"' in shown('{% include "_components/field.html" with field=form.urgent %}', form=form)
