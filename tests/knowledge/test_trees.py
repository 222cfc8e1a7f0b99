"""Trees as authors write them."""

import pytest

from crm.knowledge.markup import sendable, shown
from crm.knowledge.trees import BadTree, read_tree, same_shape, walk

TREE = """# mulai
Ada sinyal?
> Ada -> data
> Tidak -> kartu

# data
Kuota masih ada?
> Ya -> kartu

# kartu
Coba kartu di ponsel lain.
"""


def test_a_tree_is_walked_answer_by_answer_to_an_end():
    tree = read_tree(TREE)
    begun, ended = walk(tree, ""), walk(tree, "1.1")
    assert [(n, a.words, way) for n, a, way in begun.choices] == [(1, "Ada", "1"), (2, "Tidak", "2")]
    assert (ended.step.name, ended.step.is_end, ended.way) == ("kartu", True, "1.1")
    assert [(one.step.name, one.answer.words, one.way) for one in ended.taken] == [
        ("mulai", "Ada", ""), ("data", "Ya", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize("way", ["9", "x", "²", "1.7", "0", "1" * 500])
def test_a_way_that_is_none_stops_where_it_can_be_followed(way):
    assert walk(read_tree(TREE), way).step.name in {"mulai", "data"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "from one to"),
        ("Ada sinyal?", "Line 1: a step begins"),
        ("# a\nSatu\n# a\nDua", "two steps named a"),
        ("# a\nSatu\n> Ya ke b", "Line 3: an answer"),
        ("# a\nSatu\n> Ya -> b", "leads to b"),
        ("# a\n> Ya -> b\n# b\nDua", "Step a says nothing"),
        ("# a\nSatu\n# b\nDua", "Nothing leads to step b"),
        ("# a\nSatu\n> Ya -> b\n# b\nDua\n> Lagi -> a", "comes back"),
        ("# a\nSatu\n> Ya -> b\nlagi\n# b\nDua", "Line 4: after the answers"),
    ],
)
def test_what_is_no_tree_is_refused_with_the_place(text, fault):
    with pytest.raises(BadTree, match=fault):
        read_tree(text)


def test_two_languages_have_one_shape():
    assert same_shape(read_tree(TREE), read_tree(TREE.replace("Ada sinyal?", "Is there signal?")))
    assert not same_shape(read_tree(TREE), read_tree(TREE.replace("> Tidak -> kartu\n", "")))


def test_marks_become_html_and_everything_else_is_escaped():
    html = shown("## Cek\n- satu\n- **dua**\n\n1. mulai\n<script>")
    assert html == "<h3>Cek</h3><ul><li>satu</li><li><b>dua</b></li></ul><ol><li>mulai</li></ol><p>&lt;script&gt;</p>"
    assert sendable("## Cek\n- **satu**") == "Cek\n- satu"
