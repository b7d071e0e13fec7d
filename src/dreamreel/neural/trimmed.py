"""A network without the borders that it would only make up.

    same:     each convolution puts zeros around the picture, and what they reach is thrown away with the halo
    trimmed:  each gives what it can tell without them, two rows and columns less than it was given

The samples that remain are the same, to the bit. The smaller a tile, the more of its work that saves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    import openvino as ov

__all__ = ["crop", "trim"]


def trim(inner: ov.Model) -> None:
    """Let every convolution go without zeros around what it is given, and what is added to it be as small."""
    lost = {inner.input("x").get_node().get_friendly_name(): 0}
    for node in inner.get_ordered_ops():
        sources = [one.get_node() for one in node.input_values()]
        known = {
            number: lost[one.get_friendly_name()]
            for number, one in enumerate(sources)
            if one.get_friendly_name() in lost
        }
        if not known or node.get_type_name() == "ShapeOf":
            continue
        most = max(known.values())
        for number, less in known.items():
            if less < most:
                _crop_at(node, number, most - less)
        if node.get_type_name() == "Convolution":
            most += cast("list[int]", node.get_attributes()["pads_begin"])[0]
            node.set_attribute("pads_begin", [0, 0])
            node.set_attribute("pads_end", [0, 0])
        lost[node.get_friendly_name()] = most
    inner.validate_nodes_and_infer_types()


def _crop_at(node: ov.Node, number: int, count: int) -> None:
    """Take samples of the size that goes into the network off an input: before they are repeated, where they are."""
    source = node.input_value(number).get_node()
    if source.get_type_name() == "Interpolate":
        node, number = source, 0
        source = node.input_value(0).get_node()
    node.input(number).replace_source_output(crop(source, count).output(0))


def crop(node: ov.Node, count: int) -> ov.Node:
    """Without `count` rows and columns on each side."""
    from openvino import opset13 as op

    if not count:
        return node
    begin, end = np.array([count, count], np.int64), np.array([-count, -count], np.int64)
    return op.slice(node, begin, end, np.array([1, 1], np.int64), np.array([2, 3], np.int64))
