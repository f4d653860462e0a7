"""Reads a canonical row of a table back, byte by byte: what can be read back cannot be two things."""

import struct


def read_row(row, n_cells, prefix=32):
    """The cells of a row as (kind, value) pairs; fails where a byte is left over or missing."""
    heads, at = row[prefix : prefix + 9 * n_cells], prefix + 9 * n_cells
    assert len(heads) == 9 * n_cells
    cells = []
    for place in range(n_cells):
        kind, raw = heads[9 * place], heads[9 * place + 1 : 9 * place + 9]
        category, kind = kind >= 128, chr(kind % 128)
        number = struct.unpack("<q", raw)[0]
        if kind == "n":
            assert number == 0
            assert not category
            value = None
        elif kind == "b":
            value = {0: False, 1: True}[number]
        elif kind in "idpPeE":
            value = number
        elif kind == "u":
            value = struct.unpack("<Q", raw)[0]
            assert value > 2**63 - 1
        elif kind == "f":
            value = struct.unpack("<d", raw)[0]
        elif kind in "tx":
            value, at = row[at : at + number], at + number
            assert len(value) == number
            value = value.decode() if kind == "t" else value
        elif kind in "zZ":
            length = row[at]
            value, at = (number, row[at + 1 : at + 1 + length].decode()), at + 1 + length
        else:
            raise AssertionError(kind)
        cells.append((("category", kind) if category else kind, value))
    assert at == len(row), "bytes left over"
    return cells
