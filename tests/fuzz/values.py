"""Hostile texts and numbers: what a cell or a value may hold when somebody, or something, went wrong."""

from __future__ import annotations

from random import Random

TEXTS = (
    "", " ", "\t", "\u00a0", "-", "?", "0", "null", "None", "nan", "true", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1",
    "<script>alert(1)</script>", "<b>", "</table>", "&amp;", "&#60;", "]]>", "<!--", "```", "```\n\n# Overskrift", ":::",
    "::: {.forside}", "{{< include /etc/passwd >}}", "{{< env HOME >}}", "#include \"/etc/passwd\"", "$x^2$", "$", "$$",
    "\\input{/etc/passwd}", "\\write18{id}", "\\", "\\\\", "@tbl-kk", "[-@tbl-kk]", "[^1]", "[x]{.y}", "![](x.png)",
    "`raw`{=html}", "---", "...", "%s", "{0}", "{year}", "${HOME}", "$(id)", "`id`", "; rm -rf /", "__import__('os')",
    "'", '"', "''", '"""', "a,b", "a;b", "a|b", "a\nb", "a\r\nb", "\r", "\x00", "a\x00b", "\x1b[31mrød\x1b[0m", "\x07",
    "\x7f", "\x85", "\u2028", "\u2029", "\ufeff", "a\ufeffb", "\u200b", "\u200d", "\u202eabc", "\u2066abc", "\ufffe",
    "\uffff", "\ufffd", "\U000e0001", "שלום", "مرحبا ٢٠٢٥", "漢字", "👩‍👩‍👧‍👦", "e\u0301", "A" + "\u0301" * 200, "ﬁ", "ﷺ",
    "Ω", "İ", "ı", "ſ", "ß", "ǅ", "Æ", "æøå", "Ã¦Ã¸Ã¥", "\u00ad", "x" * 301, "x" * 1000, "ord " * 200, "KK", "kk",
    "BIF", "bif", "BIF ", "XXX", "ØKF", "OKF", "placements", "Placements", "fleksjob", "total", "../x", "/etc/passwd",
    "C:\\x", "con", "http://x.invalid/", "file:///etc/passwd", "1.134", "74 pct.", "74 pct", "1.5", "intet måltal",
)  # fmt: skip

NUMBERS = (
    "0", "-0", "-1", "1", "2", "00", "01", "+1", "1.0", "1,0", "1.5", "0.5", "0.4999999999", "1.134", "1e5", "1E400", "1e-400",
    "NaN", "nan", "Infinity", "-Infinity", "inf", ".inf", "1/2", "0x10", "0o17", "1_000", "١٢", "²", "½", "Ⅷ", "１２",
    "9" * 7, "9" * 8, "9" * 9, "9" * 10, "9" * 19, "9" * 20, "9" * 400, "9" * 5000, "0." + "9" * 20, "0." + "9" * 21,
    "0." + "0" * 19 + "1", "10000000", "10000001", "2147483648", "9223372036854775808", "99999999", "1999", "2000", "2020",
    "2024", "2025", "2026", "2200", "2201", "0000", "9999", "10000", "2025.0", "2025 ", " 2025", "20 25", "", " ", "-",
)  # fmt: skip

DATES = (
    "0000-00-00", "2025-02-29", "2024-02-29", "2025-13-01", "2025-1-1", "9999-12-31", "10000-01-01", "0001-01-01", "31-12-2026",
    "2026-12-31T23:59:59Z", "2026-12-31 23:59:59 +99:99", "12/31/2026", "31/12/26", "45000", "1e9", "31.12.2026", "29-02-2026",
    "31-12-9999", "01-01-1900", "31-12-1899", "i går", "2026", "2026-06", "26-06-2026 kl. 10",
)  # fmt: skip


def text(random: Random) -> str:
    """Return a hostile text: one of the list, two of them, a long one, or any characters at all."""
    way = random.random()
    if way < 0.7:
        return random.choice(TEXTS)
    if way < 0.85:
        return random.choice(TEXTS) + random.choice(TEXTS)
    if way < 0.86:
        return random.choice("xæ漢\x00 ,;\"'-9") * (10 << 20)
    if way < 0.9:
        return random.choice("xæ漢\x00 ,;\"'-9") * random.choice((100, 5_000, 200_000))
    return "".join(chr(_character(random)) for _ in range(random.randrange(1, 12)))


def _character(random: Random) -> int:
    while (
        0xD800
        <= (code := random.choice((random.randrange(0x80), random.randrange(0x3000), random.randrange(0x110000))))
        <= 0xDFFF
    ):
        pass
    return code


def number(random: Random) -> str:
    """Return a hostile number."""
    return random.choice(NUMBERS)


def date(random: Random) -> str:
    """Return a hostile date."""
    return random.choice(DATES)


def anything(random: Random) -> str:
    """Return a hostile value of any kind."""
    return random.choice((text, text, number, date))(random)


def plausible(random: Random) -> str:
    """Return a number that a careful reader would take: what is made of it must hold."""
    return random.choice(
        ("0", "1", "2", "3", "7", "10", "100", "850", "1134", "99999", "10000000", "", str(random.randrange(3000)))
    )
