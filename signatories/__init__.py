"""The register: which organisations there are, what each has signed, refused or withdrawn from (OP 11, 11.1)."""
