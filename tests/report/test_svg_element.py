import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from steelyard.report.plain_text import plain_text
from steelyard.report.svg_element import chart, element


@given(st.text())
def test_any_text_and_attribute_survives_as_itself(text):
    plain = plain_text(text)
    read = ElementTree.fromstring(str(element("text", plain, data_name=plain)))
    assert (read.text or "") == plain
    assert read.attrib["data-name"] == plain


def test_a_chart_is_named_and_described():
    read = ElementTree.fromstring(str(chart("s", "<T>", "D & d", 10, [])))
    assert read.attrib["role"] == "img"
    assert read.attrib["aria-labelledby"] == "s-title s-desc"
    assert [read[0].text, read[1].text] == ["<T>", "D & d"]


def test_what_is_not_finite_is_written_as_nothing():
    assert 'x="0"' in element("rect", x=float("nan"))
