"""The protocol's numbers, lists and roles as data, each with its clause; and who may do what, from Casbin."""
