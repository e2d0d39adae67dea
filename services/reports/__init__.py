"""What agents report about a listing during a call: at once to other agents, with two of them to everybody."""
