"""What stands beside the rule for one person and one case: break-glass for it, a conflict of interest against it."""
