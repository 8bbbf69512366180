"""Find what the sheets of binary workbooks show: XLS (by xlrd) and XLSB (records)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from struct import iter_unpack, unpack_from
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from aarsstatus.extracts.shown import (
    FORMATS_OF_A_PART,
    WHITE,
    Book,
    Seen,
    Shown,
    TooLargeError,
    as_seen,
    shows_part_of_a_day,
)

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
"""Errors by their number in both formats."""
_ROW, _CELL_ERROR, _FORMULA_ERROR, _COLUMNS, _MERGED = 0, 3, 11, 60, 176
_XLS_NUMBERS, _XLS_ERROR = (2, 3), 5
"""The kinds that xlrd gives a cell with a number, a date or an error."""
_CONDITION = "Ignoring CONDFMT"
"""What xlrd logs of a sheet with a conditional format."""
_CELLS, _BLANK, _NUMBERS = range(1, 12), 1, (2, 5, 9)
_NO_TEXT = (0, 6)
"""Kinds of cells of XLS with nothing in them."""
_SHEET, _WORKBOOK = 156, 153
_FONT, _FORMAT, _FILL, _STYLE, _STYLES_OF_CELLS, _END_OF_STYLES = 43, 44, 45, 47, 617, 618
_CONDITIONS, _RULE, _NO_LOOK, _REMARK = 461, 463, 0xFFFFFFFF, 635
_COLOUR_OF_FONT, _COLOUR_OF_FILL = 12, 4
"""Where a colour stands in a record."""
_RGB, _LISTS = 2, {1: "indexed", 3: "theme"}
"""The ways in which a record has a colour: itself, or its number in a list."""
_ROW_HIDDEN, _STRUCK_OUT, _STYLE_NUMBER = 0x10, 0x08, 0xFFFFFF


def read_xls(content: bytes, most_cells: int) -> Book:
    """Return what an old workbook shows, if it spans no more than so many cells."""
    import xlrd  # noqa: PLC0415 - few files need it

    log = io.StringIO()
    opened = xlrd.open_workbook(
        file_contents=content, formatting_info=True, logfile=log, verbosity=1, on_demand=True, ragged_rows=True
    )
    book, cells = Book(is_1904=opened.datemode == 1), 0
    for name in opened.sheet_names():
        log.truncate(log.seek(0))
        sheet = opened.sheet_by_name(name)
        cells += sheet.nrows * sheet.ncols
        if cells > most_cells:
            raise TooLargeError
        book.sheets[name] = _xls_sheet(opened, sheet)
        if _CONDITION in log.getvalue():  # xlrd says no more than that there is one
            book.sheets[name].conditional.update(range(1, sheet.ncols + 1))
        book.remarks.update(xl_rowcol_to_cell(*place) for place in sheet.cell_note_map)
        opened.unload_sheet(name)
    return book


def _xls_sheet(book: Any, sheet: Any) -> Shown:  # noqa: ANN401 - xlrd is untyped
    """Return what a sheet of an old workbook shows."""
    shown = Shown()
    for row in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(row)):
            style = book.xf_list[sheet.cell_xf_index(row, column)] if book.font_list else None  # BIFF 2
            shows = None
            if kind == _XLS_ERROR:
                shows = _ERRORS.get(sheet.cell_value(row, column), "#FEJL!")
            elif style is not None and kind not in _NO_TEXT:
                runs = sheet.rich_text_runlist_map.get((row, column), ())
                shows = _hides(book, style, [style.font_index, *(font for _, font in runs)])
                if kind in _XLS_NUMBERS and shows_part_of_a_day(book.format_map[style.format_key].format_str):
                    shows = shows or Seen.PART_OF_A_DAY
            if shows is not None:
                shown.cells[row + 1, column + 1] = shows
    shown.hidden_rows.update(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
    shown.hidden_columns.update(place + 1 for place, info in sheet.colinfo_map.items() if info.hidden)
    shown.merged += [(top + 1, left + 1, below, right) for top, below, left, right in sheet.merged_cells]
    return shown


def _hides(book: Any, style: Any, fonts: Sequence[int]) -> str | None:  # noqa: ANN401 - xlrd is untyped
    """Return how a style hides a text in some fonts, if it does."""
    if any(book.font_list[font].struck_out for font in fonts):
        return Seen.STRUCK
    ground, letters = style.background, _colour(book, book.font_list[style.font_index].colour_index)
    paper = _colour(book, ground.pattern_colour_index) if ground.fill_pattern else WHITE
    return Seen.INVISIBLE if letters == paper else None


def _colour(book: Any, number: int) -> str | None:  # noqa: ANN401 - xlrd is untyped
    """Return a colour by its number; None of the one that Excel chooses itself."""
    found: tuple[int, int, int] | None = book.colour_map.get(number)
    return None if found is None else as_seen(bytes(found).hex())


def xlsb_workbook(content: bytes) -> tuple[bool, dict[str, str]]:
    """Return whether an XLSB counts days from 1904, and its sheets' relations."""
    is_1904, sheets = False, dict[str, str]()
    for kind, body in _records(content):
        if kind == _WORKBOOK:
            is_1904 = bool(body[0] & 1)
        elif kind == _SHEET:
            relation, after = _string(body, 8)
            sheets[_string(body, after)[0]] = relation
    return is_1904, sheets


def xlsb_styles(content: bytes) -> dict[int, str]:
    """Return which styles of cells hide what a cell holds, and how."""
    shows, formats, style = dict[int, str](), set(FORMATS_OF_A_PART), None
    fonts, grounds = list[str | None](), list[str]()
    for kind, body in _records(content):
        if kind == _FORMAT and shows_part_of_a_day(_string(body, 2)[0]):
            formats.add(unpack_from("<H", body)[0])
        elif kind == _FONT:
            fonts.append(Seen.STRUCK if body[2] & _STRUCK_OUT else _xlsb_colour(body, _COLOUR_OF_FONT))
        elif kind == _FILL:
            grounds.append(_xlsb_colour(body, _COLOUR_OF_FILL) if unpack_from("<I", body)[0] else WHITE)
        elif kind in {_STYLES_OF_CELLS, _END_OF_STYLES}:
            style = 0 if kind == _STYLES_OF_CELLS else None
        elif kind == _STYLE and style is not None:
            number_format, font, ground = unpack_from("<HHH", body, 2)
            letters = fonts[font] if font < len(fonts) else ""
            if letters == Seen.STRUCK:
                shows[style] = Seen.STRUCK
            elif letters and letters == (grounds[ground] if ground < len(grounds) else WHITE):
                shows[style] = Seen.INVISIBLE
            elif number_format in formats:
                shows[style] = Seen.PART_OF_A_DAY
            style += 1
    return shows


def _xlsb_colour(body: bytes, at: int) -> str:
    """Return a colour of a record; empty for the one that Excel chooses itself."""
    kind, number = body[at] >> 1, body[at + 1]
    if kind == _RGB:
        return as_seen(body[at + 4 : at + 7].hex())
    named = as_seen(f"{_LISTS.get(kind)} {number}")
    return named if named == WHITE else ""  # of others, the tint counts, too


def xlsb_sheet(content: bytes, most_cells: int, styles: Mapping[int, str]) -> tuple[Shown, int]:
    """Return what a sheet of an XLSB shows and how many cells it spans, if no more."""
    shown, row, rows, columns, ranges = Shown(), 0, 0, 0, b""
    for kind, body in _records(content):
        if kind in _CELLS:
            rows, columns = max(rows, row), max(columns, unpack_from("<I", body)[0] + 1)
            if rows * columns > most_cells:
                raise TooLargeError
            shows = styles.get(unpack_from("<I", body, 4)[0] & _STYLE_NUMBER)
            if shows is not None and (kind in _NUMBERS or (shows != Seen.PART_OF_A_DAY and kind != _BLANK)):
                shown.cells[row, unpack_from("<I", body)[0] + 1] = shows
        if kind == _ROW:
            row = unpack_from("<I", body)[0] + 1
            if body[11] & _ROW_HIDDEN:
                shown.hidden_rows.add(row)
        elif kind in {_CELL_ERROR, _FORMULA_ERROR}:
            shown.cells[row, unpack_from("<I", body)[0] + 1] = _ERRORS.get(body[8], "#FEJL!")
        elif kind == _COLUMNS and body[16] & 1:
            first, last = unpack_from("<II", body)
            shown.hidden_columns.update(range(first + 1, min(last, 1 << 14) + 2))
        elif kind == _CONDITIONS:
            ranges = body[12 : 12 + 16 * unpack_from("<I", body, 8)[0]]
        elif kind == _RULE and unpack_from("<I", body, 8)[0] != _NO_LOOK:
            for _, _, first, last in iter_unpack("<IIII", ranges):
                shown.conditional.update(range(first + 1, min(last, 1 << 14) + 2))
        elif kind == _MERGED:
            top, below, left, right = unpack_from("<IIII", body)
            shown.merged.append((top + 1, left + 1, below + 1, right + 1))
    return shown, rows * columns


def xlsb_remarks(content: bytes) -> set[str]:
    """Return the cells that somebody has written a remark on."""
    places = (unpack_from("<I4xI", body, 4) for kind, body in _records(content) if kind == _REMARK)
    return {xl_rowcol_to_cell(row, column) for row, column in places}


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the body of each record of a part."""
    at = 0
    while at < len(content):
        kind, at = _varying(content, at, 2)
        size, at = _varying(content, at, 4)
        yield kind, content[at : at + size]
        at += size


def _varying(content: bytes, at: int, most: int) -> tuple[int, int]:
    """Read a number whose bytes say whether another follows, and where it ends."""
    number = 0
    for place in range(most):
        byte = content[at + place]
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, at + place + 1
    return number, at + most


def _string(body: bytes, at: int) -> tuple[str, int]:
    """Read a text with its length before it, and return where it ends."""
    (length,) = unpack_from("<I", body, at)
    end = at + 4 + 2 * length
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
