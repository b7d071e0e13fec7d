import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamreel.errors import InputMissing, NotWritable, RecipeInvalid
from dreamreel.graph import Node, Recipe, canonical, freeze, migrate, rewrite, thaw, upgrade, walk

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def graphs(draw: st.DrawFn) -> Node:
    nodes: list[Node] = []
    for _ in range(draw(st.integers(1, 8))):
        inputs = tuple(draw(st.lists(st.sampled_from(nodes), max_size=3))) if nodes else ()
        params = draw(st.dictionaries(st.text(max_size=5), VALUES, max_size=3))
        nodes.append(
            Node(draw(st.sampled_from(["a.b", "c", "d.e.f"])), draw(st.integers(1, 9)), params, inputs)
        )
    return nodes[-1]


@given(graphs())
def test_a_recipe_read_back_is_the_recipe_written(node):
    recipe = Recipe.of(node)
    text = recipe.to_json()
    again = Recipe.from_json(text)
    assert again == recipe
    assert again.main.digest == node.digest
    assert again.to_json() == text


@given(VALUES)
def test_freezing_and_thawing_change_nothing(value):
    assert canonical(thaw(freeze(value))) == canonical(value)


def test_the_digest_depends_on_every_part():
    a = Node("a", 1, {"x": 1})
    others = [
        Node("b", 1, {"x": 1}),
        Node("a", 2, {"x": 1}),
        Node("a", 1, {"x": 2}),
        Node("a", 1, {}, (a,)),
        a,
    ]
    assert len({node.digest for node in others}) == 5


def test_the_order_of_parameters_does_not_matter():
    assert Node("a", 1, {"x": 1, "y": 2}) == Node("a", 1, {"y": 2, "x": 1})


def test_digests_are_the_same_in_another_process():
    program = """
from dreamreel.graph import Node
a = Node("a", 1, {"t": "5/3", "é": [1.5, None]})
print(Node("b", 2, {}, (a, a)).digest)
"""
    source = str(Path(__file__).parent.parent / "src")
    seen = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": source}
        seen.add(
            subprocess.run(
                [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
            ).stdout
        )
    a = Node("a", 1, {"t": "5/3", "é": [1.5, None]})
    assert seen == {Node("b", 2, {}, (a, a)).digest + "\n"}


def test_the_digest_of_a_known_node_never_changes():
    assert Node("source.colour", 1, {"colour": "red"}).digest == "d59fa607069c98500e09066b08f4271e10b9c8a0"


def test_five_thousand_nodes_deep_is_no_problem():
    node = Node("leaf", 1, {})
    for n in range(5000):
        node = Node("next", 1, {"n": n}, (node,))
    recipe = Recipe.from_json(Recipe.of(node).to_json())
    assert recipe.main == node
    assert sum(1 for _ in walk([node])) == 5001
    assert rewrite(node, lambda one: one) is node


def test_a_shared_node_is_written_once_and_read_as_one():
    leaf = Node("leaf", 1, {})
    both = Node("both", 1, {}, (Node("x", 1, {}, (leaf,)), Node("y", 1, {}, (leaf,))))
    data = Recipe.of(both).to_data()
    assert len(data["nodes"]) == 4
    main = Recipe.from_data(data).main
    assert main.inputs[0].inputs[0] is main.inputs[1].inputs[0]


def test_parameters_cannot_be_changed():
    node = Node("a", 1, {"list": [1, 2], "map": {"k": 1}})
    with pytest.raises(TypeError):
        node.params["x"] = 1
    with pytest.raises(TypeError):
        node.params["map"]["k"] = 2


NODE = {"op": "a/1", "params": {}, "inputs": []}
HOSTILE = [
    "",
    "not json",
    "[]",
    "null",
    "{}",
    '{"schema": 1}',
    "\x00",
    '{"schema": true, "nodes": [], "outputs": {}}',
    '{"schema": 99, "nodes": [], "outputs": {"main": 0}}',
    '{"schema": 0, "nodes": [], "outputs": {"main": 0}}',
    '{"schema": -1, "nodes": [], "outputs": {"main": 0}}',
    '{"schema": 1, "nodes": [], "outputs": {}}',
    '{"schema": 1, "nodes": [], "outputs": {"main": 0}}',
    json.dumps({"schema": 1, "nodes": [NODE], "outputs": {"main": 1}}),
    json.dumps({"schema": 1, "nodes": [NODE], "outputs": {"main": -1}}),
    json.dumps({"schema": 1, "nodes": [NODE], "outputs": {"main": True}}),
    json.dumps({"schema": 1, "nodes": [{**NODE, "inputs": [0]}], "outputs": {"main": 0}}),
    json.dumps({"schema": 1, "nodes": [{**NODE, "op": "a"}], "outputs": {"main": 0}}),
    json.dumps({"schema": 1, "nodes": [{**NODE, "op": "a/x"}], "outputs": {"main": 0}}),
    json.dumps({"schema": 1, "nodes": [{**NODE, "op": 5}], "outputs": {"main": 0}}),
    json.dumps({"schema": 1, "nodes": [{**NODE, "params": []}], "outputs": {"main": 0}}),
    json.dumps({"schema": 1, "nodes": [{"op": "a/1"}], "outputs": {"main": 0}}),
    json.dumps({"schema": 1, "nodes": ["a"], "outputs": {"main": 0}}),
    '{"schema": 1, "nodes": [{"op": "a/1", "params": {"x": NaN}, "inputs": []}], "outputs": {"main": 0}}',
    '{"schema": 1, "nodes": [{"op": "a/1", "params": {"x": 1e999}, "inputs": []}], "outputs": {"main": 0}}',
    "[" * 100_000,
    '{"schema": 1, "nodes": [{"op": "a/1", "params": {"x": '
    + "[" * 900
    + "]" * 900
    + '}, "inputs": []}], "outputs": {"main": 0}}',
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_recipe_is_refused_in_one_sentence(text):
    with pytest.raises(RecipeInvalid) as failure:
        Recipe.from_json(text)
    assert str(failure.value).endswith((".", "?"))
    assert "\n" not in str(failure.value)


def test_old_schemas_are_migrated_step_by_step():
    steps = {
        0: lambda data: {**data, "nodes": data["table"]},
        1: lambda data: {**data, "outputs": {"main": data["out"]}},
    }
    assert migrate({"schema": 0, "table": [7], "out": 3}, steps, to=2)["outputs"] == {"main": 3}


def test_old_ops_are_upgraded_step_by_step():
    upgrades = {("a", 1): lambda old: {"y": old["x"]}, ("a", 2): lambda old: {"z": old["y"]}}
    assert upgrade("a", 1, {"x": 5}, upgrades) == (3, {"z": 5})
    text = Recipe.of(Node("a", 1, {"x": 5})).to_json()
    assert Recipe.from_json(text, upgrades).main == Node("a", 3, {"z": 5})


def test_a_saved_recipe_is_loaded(tmp_path):
    recipe = Recipe.of(Node("a", 1, {"name": "Zoë"}))
    recipe.save(tmp_path / "a.json")
    assert Recipe.load(tmp_path / "a.json") == recipe
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_recipe_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputMissing, match=r"gone\.json"):
        Recipe.load(tmp_path / "gone.json")


def test_a_recipe_cannot_be_saved_into_nowhere(tmp_path):
    with pytest.raises(NotWritable, match=r"a\.json"):
        Recipe.of(Node("a", 1, {})).save(tmp_path / "no" / "a.json")
