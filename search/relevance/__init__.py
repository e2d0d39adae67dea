"""How well the search answers judged queries: metrics (pure), the judgements' file, and the runner."""
