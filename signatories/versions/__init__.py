"""The instruments and their versions: who has signed each, who has not yet, and how long there is for it (SIG-4)."""
