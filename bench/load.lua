-- wrk -s bench/load.lua URL -- FILE: asks the paths in FILE (one a line) in turn, each thread from another start.

local paths = {}
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  for line in io.lines(arguments[1]) do
    table.insert(paths, line)
  end
  position = math.floor(number * #paths / 2)
end

function request()
  position = position % #paths + 1
  return wrk.format("GET", paths[position])
end
