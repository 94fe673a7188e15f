"""The confidentiality statement: its versions, and who has acknowledged which (OP Appendix F)."""
