"""The chapters of a report, one room of the service each: `chapter(ctx, span)` counts one from its registers (GOV-1)."""
