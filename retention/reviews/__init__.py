"""Looking at records when their time comes, or when somebody asks (RET-3, RET-4, RET-7)."""
