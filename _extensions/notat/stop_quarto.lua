-- stop_quarto.lua: what Quarto runs first in this project (`pre-render` in _quarto.yml).
-- A render of the whole project would make pages of notebooks that have not been executed, and write over the finished
-- documents in output/. It stops here with a line that says what to run instead; any other notebook goes on.

local function stop(text)
  io.stderr:write(text .. "\n")
  os.exit(1)
end

local inputs = {}
for path in (os.getenv("QUARTO_PROJECT_INPUT_FILES") or ""):gmatch("[^\n]+") do
  inputs[#inputs + 1] = path
end

-- A notebook that is alone with the settings is all of its project, and was asked for.
if os.getenv("QUARTO_PROJECT_RENDER_ALL") == "1" and #inputs ~= 1 then
  stop("Hele projektet laves med »aarsstatus build ÅR«; »quarto render« skal have en notebook, fx »quarto render out.ipynb«")
end
for _, path in ipairs(inputs) do
  local folder = path:gsub("\\", "/"):match("^(.*/)") or ""
  local manifest = io.open(folder .. "manifest.json")
  if manifest then
    manifest:close()
    stop(path .. " hører til et færdigt notat, som Quarto ville skrive over; kopiér den ud til projektets mappe først")
  end
end
