-- notat.lua: what a notat's Markdown becomes in each format. Both engines run it, and first of all:
-- Quarto at its entry point "pre-ast", the embedded engine before crossref.lua. So it sees the document as the
-- notebook wrote it, and depends on nothing inside Quarto.
--
--   raw HTML tables   HTML: kept as written, in a frame that scrolls; Typst: our own #notat-tabel call, with
--                     tagged header cells; DOCX: a native table with explicit column widths
--   fig-alt           put on the image itself, where every format looks for it
--   .figurdata        HTML: behind a disclosure; elsewhere left out
--   .content-visible  content for one format alone, settled
--   .sagsoplysninger .tabelnoter .tilstand .forsidetitel
--                     HTML: elements and classes; Typst: functions of typst-template.typ; DOCX: paragraph styles
--   .callout-*        Quarto's callouts: a box with a title, and no sign, for which no font would be at hand
--   formulas          Typst: with their source as alternative text, which PDF/UA asks for
--   .forside .logo    the cover sheet and the logo: taken out of the text and handed to the template, which has them
--                     before the title; in DOCX, which has no such place, they open the text under a bookmark

local html = FORMAT:match("html") ~= nil
local typst = FORMAT:match("typst") ~= nil
local docx = FORMAT:match("docx") ~= nil

--- A text for an attribute or for metadata. Quarto looks for its shortcodes there, too, whether they are escaped or
--- not, and would read a file or a variable: a sign that is neither seen nor heard (a word joiner) keeps apart what
--- opens one, and what closes one.
local function inert(text)
  return quarto ~= nil and text:gsub("{{<", "{{\u{2060}<"):gsub(">}}", ">\u{2060}}}") or text
end

-- Typst functions and DOCX paragraph styles, by the class of the div.
local styles = {
  sagsoplysninger = "Sagsoplysninger",
  tabelnoter = "Tabelnoter",
  tilstand = "Tilstand",
  forsidetitel = "Forsidetitel",
}

local function raw(text)
  return pandoc.RawBlock(typst and "typst" or "html", text)
end

--- A word as it stands: Typst makes an ellipsis of "...", a dash of "--", a minus of the hyphen in "-1", and a soft
--- hyphen of "-?". Pandoc escapes what is markup to Typst, but not these (dashes it does since 3.9, in Quarto 1.10).
local function literal(str)
  local text, out = str.text, pandoc.Inlines({})
  if not (text:find("...", 1, true) or text:find("%-[%d?-]")) then
    return nil
  end
  local done, at = 1, 1
  local function sign(from, to, escaped)
    if from > done then
      out:insert(pandoc.Str(text:sub(done, from - 1)))
    end
    out:insert(pandoc.RawInline("typst", escaped))
    done, at = to + 1, to + 1
  end
  while at <= #text do
    local dashes = text:match("^%-%-+", at)
    if text:sub(at, at + 2) == "..." then
      sign(at, at + 2, "\\.\\.\\.")
    elseif dashes then
      sign(at, at + #dashes - 1, ("\\-"):rep(#dashes))
    elseif text:find("^%-%?", at) or text:find("^%-%d", at) and not text:sub(1, at - 1):find("%w$") then
      sign(at, at, "\\-")
    else
      at = at + 1
    end
  end
  if done <= #text then
    out:insert(pandoc.Str(text:sub(done)))
  end
  return out
end

--- A link within the document, in Typst's own words: where it leads to is not in the fragment that pandoc is given.
local function inner_link(link)
  local name = link.target:match("^#(.+)")
  if name then
    link.content:insert(1, pandoc.RawInline("typst", "#link(<" .. name .. ">)["))
    link.content:insert(pandoc.RawInline("typst", "]"))
    return link.content
  end
end

-- Cells repeat (the same labels in every table), and each call of pandoc.write costs: words alone are remembered.
local written = {}

--- Blocks in Typst's own markup.
local function write(blocks)
  local key = #blocks == 1 and blocks[1].t == "Plain" and "" or nil
  for _, inline in ipairs(key and blocks[1].content or {}) do
    if inline.t == "Str" or inline.t == "Space" then
      key = key and key .. (inline.text or " ")
    else
      key = nil
    end
  end
  if #blocks == 0 then
    return ""
  elseif key and (key:match("^%d[%d.]*$") or key:match("^%d+ %a+%.?$")) then
    return key -- a number, or a number and a word
  elseif key and written[key] then
    return written[key]
  end
  local text = pandoc.write(pandoc.Pandoc(pandoc.Blocks(blocks):walk({ Str = literal, Link = inner_link })), "typst"):gsub("%s+$", "")
  if key then
    written[key] = text
  end
  return text
end

-- Column widths ------------------------------------------------------------------------------------------------

-- A line of a table at full width holds about this many characters of the table's type size.
local LINE = 104

local function words(text)
  local longest = 0
  for word in text:gmatch("%S+") do
    longest = math.max(longest, utf8.len(word) or #word)
  end
  return longest
end

--- The width that the words of a column's header need to stand on at most two lines.
local function two_lines(text)
  local best, all = math.huge, {}
  for word in text:gmatch("%S+") do
    all[#all + 1] = word
  end
  for i = 1, #all do
    local first, second = table.concat(all, " ", 1, i), table.concat(all, " ", i + 1)
    best = math.min(best, math.max(utf8.len(first), utf8.len(second)))
  end
  return #all > 0 and best or 0
end

--- The shares of the width that a table's columns get (they add up to 1): a column of figures has room for its
--- longest word and for its header on two lines, so that no word is ever broken; the first column has the rest.
local function column_shares(tbl)
  local need = {}
  for i = 1, #tbl.colspecs do
    need[i] = 8
  end
  local function see(rows, heading)
    local taken = {} -- columns that a rowspan from above still fills
    for _, row in ipairs(rows) do
      local column = 1
      for _, cell in ipairs(row.cells) do
        while (taken[column] or 0) > 0 do
          taken[column] = taken[column] - 1
          column = column + 1
        end
        if cell.col_span == 1 and need[column] then
          local text = pandoc.utils.stringify(cell.contents)
          local least = heading and column > 1 and two_lines(text) or words(text)
          need[column] = math.max(need[column], least + 3)
        end
        for i = column, column + cell.col_span - 1 do
          taken[i] = cell.row_span - 1
        end
        column = column + cell.col_span
      end
      while (taken[column] or 0) > 0 do
        taken[column] = taken[column] - 1
        column = column + 1
      end
    end
  end
  see(tbl.head.rows, true)
  for _, body in ipairs(tbl.bodies) do
    see(body.body)
  end
  local figures = 0
  for i = 2, #need do
    figures = figures + need[i]
  end
  need[1] = math.max(need[1], LINE - figures)
  local sum = need[1] + figures
  for i = 1, #need do
    need[i] = need[i] / sum
  end
  return need
end

-- Tables -------------------------------------------------------------------------------------------------------

--- The table in a piece of HTML. Its links lead out of that piece, which pandoc would warn of.
local function read_table(text)
  local found
  pandoc.read(text:gsub('href="#', 'href="ud:#'), "html"):walk({
    Table = function(tbl)
      found = found or tbl
    end,
  })
  return found and found:walk({
    Link = function(link)
      link.target = link.target:gsub("^ud:", "")
      return link
    end,
  })
end

--- Whether a rule is due between two rows: their kinds differ, unless the second sums up the first.
local function ends_group(above, below)
  return above.classes[1] ~= below.classes[1] and not below.classes:includes("total")
end

local function typst_cell(cell)
  local spans = ""
  if cell.col_span > 1 then
    spans = spans .. "colspan: " .. cell.col_span .. ", "
  end
  if cell.row_span > 1 then
    spans = spans .. "rowspan: " .. cell.row_span .. ", "
  end
  return spans
end

--- A table as a call of #notat-tabel. Rows stay whole arrays, so that the template decides what a row header is.
local function typst_table(tbl, of_text)
  local out = pandoc.List()
  local shares = column_shares(tbl)
  for i, share in ipairs(shares) do
    shares[i] = string.format("%.4ffr", share)
  end
  out:insert("#notat-tabel(columns: (" .. table.concat(shares, ", ") .. ",)," .. (of_text and " tekst: true," or ""))
  out:insert("  header: (")
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      out:insert("    table.cell(" .. typst_cell(cell) .. ")[" .. write(cell.contents) .. "],")
    end
  end
  out:insert("  ),")
  for _, body in ipairs(tbl.bodies) do
    out:insert("  (") -- one row group
    local before
    for _, row in ipairs(body.body) do
      if before and ends_group(before, row) then
        out:insert("  ), (")
      end
      before = row
      for i, cell in ipairs(row.cells) do
        local kind = i <= body.row_head_columns and "notat-raekke" or "table.cell"
        local text = write(cell.contents)
        if row.classes:includes("weighted") and text ~= "" then
          text = "#strong[" .. text .. "]"
        end
        out:insert("    " .. kind .. "(" .. typst_cell(cell) .. ")[" .. text .. "],")
      end
    end
    out:insert("  ),")
  end
  out:insert(")")
  return raw(table.concat(out, "\n"))
end

--- A native table whose cells have a paragraph style of their own: pandoc's is also that of lists and of the text.
local function in_cells(tbl)
  local style = pandoc.Attr("", {}, { ["custom-style"] = "Tabeltekst" })
  local function restyle(rows)
    for _, row in ipairs(rows) do
      for _, cell in ipairs(row.cells) do
        local blocks = cell.contents:map(function(block)
          if block.t ~= "Plain" then
            return block
          end
          return pandoc.Para(row.classes:includes("weighted") and { pandoc.Strong(block.content) } or block.content)
        end)
        if #blocks == 0 then
          blocks = { pandoc.Para({ pandoc.RawInline("openxml", "<!-- -->") }) } -- an empty one would lose its style
        end
        cell.contents = { pandoc.Div(blocks, style) }
      end
    end
  end
  restyle(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do
    restyle(body.body)
  end
  return tbl
end

local function docx_table(tbl, of_text)
  in_cells(tbl)
  for i, share in ipairs(column_shares(tbl)) do
    tbl.colspecs[i] = { (i == 1 or of_text) and pandoc.AlignLeft or pandoc.AlignRight, share }
  end
  return tbl
end

--- A frame on a web page that scrolls, also from the keyboard: where there is nothing to scroll, panel.js takes it off
--- the keyboard's way. No landmark: a page with a dozen of them has none.
--- @param label string what a screen reader calls it
local function frame(block, class, label)
  -- A list, since the order of a Lua table's keys differs from run to run.
  local attributes = { { "role", "group" }, { "tabindex", "0" }, { "aria-label", inert(label) } }
  return pandoc.Div({ block }, pandoc.Attr("", { class }, attributes))
end

--- The table of a raw HTML block in the shape this format wants.
--- @param label string what a screen reader calls the frame that scrolls
--- @param of_text boolean|nil whether its columns are sentences rather than figures
local function render_table(block, label, of_text)
  if html then
    local framed = frame(block, "tabelramme", label)
    if quarto ~= nil then -- Quarto would otherwise rewrite the table and lose <th>
      framed.attributes["html-table-processing"] = "none"
    end
    return framed
  end
  local tbl = read_table(block.text)
  if tbl == nil then
    return block
  end
  return typst and typst_table(tbl, of_text) or docx_table(tbl, of_text)
end

local function is_table(block)
  return block.t == "RawBlock" and block.format == "html" and block.text:find("<table", 1, true) ~= nil
end

local function with_tables(blocks, label, of_text)
  return blocks:map(function(block)
    return is_table(block) and render_table(block, label, of_text) or block
  end)
end

-- Divs ---------------------------------------------------------------------------------------------------------

local function has(div, class)
  return div.t == "Div" and div.classes:includes(class)
end

local caption -- of the table or figure seen last

--- A picture with its alternative text in the place where a format looks for it.
--- @param side string the side whose length is given, "width" or "height"
local function described(image, alt, side, length)
  if typst then -- written here, since the pandoc in Quarto before 1.9 leaves the text out
    local text = alt:gsub('[\\"]', "\\%0"):gsub("{{<", "{{\\u{3c}") -- Quarto looks for shortcodes here as well
    return pandoc.RawInline("typst", string.format('#image("%s", alt: "%s", %s: %s)', image.src, text, side, length))
  elseif html and quarto ~= nil then
    image.attributes["fig-alt"] = inert(alt)
  else
    image.caption = pandoc.Inlines({ pandoc.Str(alt) })
  end
  image.attributes[side] = not html and length or nil
  return image
end

local function floating(div)
  local last = div.content[#div.content]
  caption = last and (last.t == "Para" or last.t == "Plain") and pandoc.utils.stringify(last) or div.identifier
  div.content = with_tables(div.content, caption, has(div, "tekst"))
  local alt = div.attributes["fig-alt"]
  if alt == nil then
    return div
  end
  div.attributes["fig-alt"] = nil
  div = div:walk({
    Image = function(image)
      return described(image, alt, "width", "100%")
    end,
  })
  if html then -- on a phone a chart is wider than the screen
    div.content = div.content:map(function(block)
      local pictured = #block.content == 1 and block.content[1].t == "Image"
      return pictured and frame(block, "figurramme", "Tegningen: " .. caption) or block
    end)
  end
  return div
end

local function figurdata(div)
  if not html then
    return pandoc.Blocks({})
  end
  local blocks = pandoc.Blocks({ raw('<details class="figurdata"><summary>Tallene i figuren</summary>') })
  blocks:extend(with_tables(div.content, "Tallene i figuren: " .. (caption or "")))
  blocks:insert(raw("</details>"))
  return blocks
end

local function styled(div, class)
  if #div.content == 0 then
    return pandoc.Blocks({})
  elseif typst then
    local blocks = pandoc.Blocks({ raw("#" .. class .. "[") })
    if class == "forsidetitel" then -- not a paragraph inside a title
      blocks:insert(pandoc.Plain(pandoc.utils.blocks_to_inlines(div.content)))
    else
      blocks:extend(div.content)
    end
    blocks:insert(raw("]"))
    return blocks
  elseif docx then
    div.attributes["custom-style"] = styles[class]
  elseif html and class == "sagsoplysninger" then
    local blocks = pandoc.Blocks({ raw('<section class="sagsoplysninger" aria-label="Sagsoplysninger">') })
    blocks:extend(div.content)
    blocks:insert(raw("</section>"))
    return blocks
  elseif html and class == "tilstand" then
    div.attributes.role = "note"
  elseif html and class == "forsidetitel" then
    return pandoc.Header(1, pandoc.utils.blocks_to_inlines(div.content), pandoc.Attr("forside", { "forsidetitel" }))
  end
  return div
end

-- What a callout is called that has no title of its own.
local callouts = { note = "Bemærk", tip = "Tip", important = "Vigtigt", warning = "Advarsel", caution = "Pas på" }

--- A callout as a box of the notat's own, with its title, in every format.
local function callout(div)
  for _, class in ipairs(div.classes) do
    local name = callouts[class:match("^callout%-(%w+)$")]
    if name then
      local title = pandoc.Inlines({ pandoc.Str(div.attributes.title or name) })
      if div.content[1] and div.content[1].t == "Header" then
        title = div.content:remove(1).content
      end
      div.content:insert(1, pandoc.Para({ pandoc.Strong(title) }))
      return styled(pandoc.Div(div.content, pandoc.Attr("", { "tilstand" })), "tilstand")
    end
  end
end

--- The source of a formula: what is read out.
local function source(math)
  return (math.text:gsub("%s+", " "):gsub('[\\"]', "\\%0"))
end

local numbered = {} -- formulas that Quarto is to number, by their text

--- A formula with a name (`$$ … $$ {#eq-a}`) is left to Quarto, which numbers it and refers to it.
local function named_formula(para)
  local math, name = para.content[1], para.content[#para.content]
  if math and math.t == "Math" and name.t == "Str" and name.text:match("^{#eq%-.+}$") then
    numbered[math.text] = true
    return { raw('#formel("' .. source(math) .. '")['), para, raw("]") }
  end
end

--- A formula with its source as what is read out.
local function formula(math)
  if numbered[math.text] then
    return nil
  end
  local text = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), "typst"):gsub("%s+$", "")
  return pandoc.RawInline("typst", string.format('#formel("%s")[%s]', source(math), text))
end

--- A picture that nobody can hear of: Typst would end with an error that does not say which.
local function undescribed(image)
  local alt = image.attributes.alt or image.attributes["fig-alt"] or pandoc.utils.stringify(image.caption)
  if alt == "" then
    io.stderr:write("FEJL: Billedet »" .. image.src .. "« har ingen alternativ tekst; skriv {fig-alt=\"…\"} efter det.\n")
    os.exit(1)
  end
end

--- Whether a line must not end between two words: a number and its unit (»74 pct.«, a figure and what it counts), a
--- date's day and month.
local function belong_together(number, unit)
  if unit.t ~= "Str" then
    return false
  elseif number.t == "Span" then
    return number.attributes.figure ~= nil and unit.text:match("^%l") and pandoc.utils.stringify(number):match("%d$")
  elseif number.t ~= "Str" then
    return false
  end
  return unit.text:match("^pct") and number.text:match("%d$") or unit.text:match("^%l") and number.text:match("^%d%d?%.$")
end

--- Words that belong together stay on one line; table cells are written as they stand, and columns are wide enough.
local function keep_together(inlines)
  local kept = false
  for i = 3, #inlines do
    if inlines[i - 1].t == "Space" and belong_together(inlines[i - 2], inlines[i]) then
      inlines[i - 1] = pandoc.Str("\u{a0}")
      kept = true
    end
  end
  return kept and inlines or nil -- what is not returned need not be read back
end

local function is_float(block)
  return block ~= nil and block.t == "Div" and (block.identifier:match("^tbl%-") or block.identifier:match("^fig%-")) ~= nil
end

--- In the text alone: a title is a document's name, too, and is searched for with plain spaces.
local function in_text(doc)
  doc.blocks = doc.blocks:walk({ Inlines = keep_together })
  return doc
end

--- All that stands below a heading before the first table or figure is one paragraph: it goes to the page of that, and
--- takes its heading with it. (In Word, docx.py does this.)
local function lead_in(blocks)
  local result = pandoc.Blocks({})
  for i, block in ipairs(blocks) do
    if block.t == "Para" and i > 1 and blocks[i - 1].t == "Header" and is_float(blocks[i + 1]) then
      result:extend({ raw("#foelges["), block, raw("]") })
    else
      result:insert(block)
    end
  end
  return result
end

--- A table and the notes right after it, if any, belong together: one group that is not split across pages.
local function group_notes(blocks)
  local result = pandoc.Blocks({})
  local i = 1
  while i <= #blocks do
    local block, following = blocks[i], blocks[i + 1]
    if block.t == "Div" and block.identifier:match("^tbl%-") then
      local group, led = pandoc.Blocks({ block }), i > 1 and blocks[i - 1].t == "Header"
      if following and has(following, "tabelnoter") then
        group:insert(following)
        i = i + 1
      end
      if typst then
        group:insert(1, raw(led and "#tabelgruppe(over: 1.4mm)[" or "#tabelgruppe["))
        group:insert(raw("]"))
      elseif html and #group > 1 then
        group = pandoc.Blocks({ pandoc.Div(group, pandoc.Attr("", { "tabelgruppe" })) })
      end
      result:extend(group)
    else
      result:insert(block)
    end
    i = i + 1
  end
  return result
end

-- Typst wants a date in parts: a document's date comes from its parameters, never from the clock.
local function typst_date(meta)
  local date = meta["document-date"] and pandoc.utils.stringify(meta["document-date"]) or ""
  local year, month, day = date:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  if typst and year then
    local parts = string.format("year: %d, month: %d, day: %d", year, month, day)
    meta["typst-date"] = pandoc.MetaInlines({ pandoc.RawInline("typst", parts) })
    return meta
  end
end

--- Who wrote it, the office or else the administration, as it stands in an attribute of the page's head: pandoc leaves
--- a quotation mark as it is, and it would end there.
local function html_author(meta)
  local author = meta.office or meta.administration
  if html and author then
    local text = pandoc.utils.stringify(author):gsub('[&<>"]', { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" })
    meta["author-attribute"] = pandoc.MetaInlines({ pandoc.RawInline("html", text) })
    return meta
  end
end

--- Content for some formats alone, in Quarto's own words; settled here, so that both engines do it, and so that
--- Quarto sees a figure with the one picture that it will show.
local function conditional(div)
  local shows = has(div, "content-visible")
  if not shows and not has(div, "content-hidden") then
    return nil
  end
  local function is(format)
    return html and format == "html" or docx and format == "docx" or typst and (format == "typst" or format == "pdf")
  end
  local when, unless = div.attributes["when-format"], div.attributes["unless-format"]
  local applies = (when == nil or is(when)) and (unless == nil or not is(unless))
  return applies == shows and div.content or pandoc.Blocks({})
end

local function logo(div)
  local alt = div.attributes["fig-alt"]
  div = div:walk({
    Image = function(image)
      return described(image, alt, "height", "14mm")
    end,
  })
  if docx then
    local style = pandoc.Attr("", {}, { ["custom-style"] = "Logo" })
    div.content = { pandoc.Div({ pandoc.Plain(pandoc.utils.blocks_to_inlines(div.content)) }, style) }
  end
  return div
end

--- Headings below the cover sheet's title: pandoc shifts those of the text, not those that a template is given.
local function under_title(blocks)
  return blocks:walk({
    Header = function(header)
      if not header.classes:includes("forsidetitel") then
        header.level = header.level + 1
        return header
      end
    end,
  })
end

--- Take the cover sheet and the logo to where the title is.
local function to_front(doc)
  local first = pandoc.Blocks({})
  doc.blocks = doc.blocks:walk({
    traverse = "topdown",
    Div = function(div)
      for _, name in ipairs({ "forside", "logo" }) do
        if has(div, name) then
          if docx then
            first:insert(pandoc.Div(div.content, pandoc.Attr(name)))
          else -- a shortcode of the author's own is none of these words any more: Quarto has read it before us
            local content = div.content:walk({
              Str = function(str)
                return pandoc.Str(inert(str.text))
              end,
            })
            doc.meta[name] = pandoc.MetaBlocks(html and under_title(content) or content)
          end
          return pandoc.Blocks({}), false
        end
      end
    end,
  })
  first:extend(doc.blocks)
  doc.blocks = first
  return doc
end

return {
  { Meta = typst_date },
  { Meta = html_author },
  { Div = conditional },
  { Pandoc = in_text },
  docx and { Table = in_cells } or {}, -- of pipes; those in HTML are no tables yet
  typst and { Blocks = lead_in } or {},
  { Blocks = group_notes },
  {
    Div = function(div)
      if div.identifier:match("^tbl%-") or div.identifier:match("^fig%-") then
        return floating(div)
      elseif has(div, "figurdata") then
        return figurdata(div)
      elseif has(div, "logo") then
        return logo(div)
      end
      for class in pairs(styles) do
        if has(div, class) then
          return styled(div, class)
        end
      end
      return callout(div)
    end,
  },
  { Pandoc = to_front },
  typst and { Para = named_formula } or {},
  typst and { Str = literal, Math = formula, Image = undescribed } or {},
}
