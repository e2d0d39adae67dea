"""Opening hours in words: sentences, the state now, and a week as a table, in the language of the reader."""

from services.opening_hours.words.sentences import describe
from services.opening_hours.words.state import describe_state
from services.opening_hours.words.week import DayLine, closed_word, week_table

__all__ = ["DayLine", "closed_word", "describe", "describe_state", "week_table"]
