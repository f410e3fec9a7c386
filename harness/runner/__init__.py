"""From a plan to a run: scheduling, executors, sessions."""
