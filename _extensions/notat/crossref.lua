-- crossref.lua: numbers tables and figures and resolves the references to them: for the embedded engine, and in Word
-- for Quarto, too, which would set each in a table of one cell, aligned and cut off as it finds best. Of page and PDF
-- Quarto does this itself; what comes out here has the same shape, so that stylesheet and template serve both.
-- A reference to nothing, or a table or figure without caption, ends the run (Quarto only warns).

local html = FORMAT:match("html") ~= nil
local typst = FORMAT:match("typst") ~= nil
local docx = FORMAT:match("docx") ~= nil

local kinds = {
  tbl = { title = "Tabel", word = "tabel", style = "Table Caption", counter = 0 },
  fig = { title = "Figur", word = "figur", style = "Image Caption", counter = 0 },
}
local number_of = {}

--- End the run with messages that embedded.py passes on.
local function fail(messages)
  for _, message in ipairs(messages) do
    io.stderr:write("FEJL: " .. message .. "\n")
  end
  os.exit(1)
end

local problems = pandoc.List()

local function kind_of(identifier)
  return kinds[identifier:match("^(%a+)%-") or ""]
end

--- What a table or figure is called in the document. In Word not as in the notebook, or Quarto would take it in hand.
local function name_of(identifier)
  return docx and identifier:gsub("^%a+", kind_of(identifier).word) or identifier
end

local function raw(text)
  return pandoc.RawBlock(typst and "typst" or "html", text)
end

local function float(div)
  local kind = kind_of(div.identifier)
  if kind == nil then
    return nil
  end
  if number_of[div.identifier] then
    problems:insert("Navnet »" .. div.identifier .. "« er brugt to gange.")
  end
  kind.counter = kind.counter + 1
  number_of[div.identifier] = kind.counter

  local caption = div.content[#div.content]
  if #div.content < 2 or (caption.t ~= "Para" and caption.t ~= "Plain") then
    problems:insert("»" .. div.identifier .. "« har ingen billedtekst eller intet indhold.")
    return nil
  end
  div.content:remove()
  local is_table = kind == kinds.tbl

  if typst then
    local blocks = pandoc.Blocks({ raw("#figure([") })
    blocks:extend(div.content)
    local close = string.format(
      ']), kind: "quarto-float-%s", supplement: "%s")<%s>', is_table and "tbl" or "fig", kind.title, div.identifier)
    local position = is_table and "top" or "bottom"
    local label = pandoc.Inlines({ pandoc.RawInline("typst", "], caption: figure.caption(position: " .. position .. ", [") })
    label:extend(caption.content)
    label:insert(pandoc.RawInline("typst", close))
    blocks:insert(pandoc.Plain(label))
    return blocks
  end

  local text = pandoc.Inlines({ pandoc.Str(kind.title .. "\u{a0}" .. kind.counter .. ":"), pandoc.Space() })
  text:extend(caption.content)
  if html then
    local name = "quarto-float-" .. (is_table and "tbl" or "fig")
    local label = pandoc.Blocks({ raw('<figcaption class="' .. name .. '">'), pandoc.Plain(text), raw("</figcaption>") })
    local blocks = pandoc.Blocks({ raw('<figure class="' .. name .. '">') })
    if is_table then
      blocks:extend(label)
      blocks:extend(div.content)
    else
      blocks:extend(div.content)
      blocks:extend(label)
    end
    blocks:insert(raw("</figure>"))
    div.content = blocks
    return div
  end
  local label = pandoc.Div({ pandoc.Para(text) }, pandoc.Attr("", {}, { ["custom-style"] = kind.style }))
  local image = #div.content == 1 and div.content[1].content and div.content[1].content[1]
  if image and image.t == "Image" then
    -- A paragraph of its own style, else pandoc would make a figure with a second caption of it.
    div.content[1] = pandoc.Div(
      { pandoc.Plain({ image }) }, pandoc.Attr("", {}, { ["custom-style"] = "Captioned Figure" }))
  end
  div.identifier = name_of(div.identifier)
  div.content:insert(is_table and 1 or #div.content + 1, label)
  return div
end

local function reference(cite)
  local result = pandoc.Inlines({})
  for i, citation in ipairs(cite.citations) do
    local kind = kind_of(citation.id)
    if kind == nil then
      return nil -- an ordinary @, in an address for instance
    end
    local number = number_of[citation.id]
    if number == nil and quarto ~= nil then
      return nil -- what Quarto numbers itself
    elseif number == nil then
      problems:insert("Henvisningen »@" .. citation.id .. "« peger ikke på nogen tabel eller figur.")
      return nil
    end
    if i > 1 then
      result:extend({ pandoc.Str(","), pandoc.Space() })
    end
    local word = citation.mode ~= "SuppressAuthor" and kind.word or nil
    if typst then
      result:insert(pandoc.RawInline("typst", string.format("#ref(<%s>, supplement: [%s])", citation.id, word or "")))
    else
      local text = (word and word .. "\u{a0}" or "") .. number
      result:insert(pandoc.Link({ pandoc.Str(text) }, "#" .. name_of(citation.id), "", pandoc.Attr("", { "quarto-xref" })))
    end
  end
  return result
end

--- The ways in which Quarto's documents write a table or a figure, as the one that the notat has: a div with an id, that
--- ends with the caption.
local function as_div(block)
  local identifier, caption = block.identifier, block.caption and block.caption.long or pandoc.Blocks({})
  local text = pandoc.utils.blocks_to_inlines(caption)
  local last = text[#text]
  local named = block.t == "Table" and last and last.t == "Str" and last.text:match("^{#(tbl%-[%w_-]+)}$")
  if named then -- »: Caption {#tbl-a}«
    text:remove()
    identifier = named
  end
  if #text == 0 or not kind_of(identifier) then
    return nil
  end
  while text[#text].t == "Space" or text[#text].t == "SoftBreak" do
    text:remove()
  end
  local content = block.content
  if block.t == "Table" then
    block.caption, block.attr = pandoc.Caption(), pandoc.Attr()
    content = pandoc.Blocks({ block })
  end
  content:insert(pandoc.Para(text))
  return pandoc.Div(content, pandoc.Attr(identifier))
end

--- A cell of code that has a label: its caption is an attribute.
local function as_captioned(div)
  local kind = kind_of(div.identifier)
  local name = kind and div.identifier:match("^%a+") .. "-cap"
  local text = kind and div.classes:includes("cell") and div.attributes[name]
  if text then
    div.attributes[name] = nil -- or Quarto would write it once more
    div.content:insert(pandoc.Para(pandoc.utils.blocks_to_inlines(pandoc.read(text, "markdown").blocks)))
    return div
  end
end

--- Quarto's conditional content: Word gets a chart as PNG, the other formats get it as SVG.
local function visible(div)
  if not div.classes:includes("content-visible") then
    return nil
  end
  local format = html and "html" or FORMAT
  local when, unless = div.attributes["when-format"], div.attributes["unless-format"]
  if (when and when ~= format) or (unless and unless == format) then
    return {}
  end
  return div.content
end

return {
  { Div = visible },
  { Figure = as_div, Table = as_div, Div = as_captioned },
  { Div = float },
  { Cite = reference },
  {
    Pandoc = function()
      if #problems > 0 then
        fail(problems)
      end
    end,
  },
}
