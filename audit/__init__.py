"""The log: what happened, to what, by whom, when and from where — written with the act, or the act does not happen."""
