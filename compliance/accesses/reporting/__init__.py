"""What the case system says happened in it: sign-ins, views, downloads, exports, disclosures (AUD-1, DPA 2018 s.62)."""
