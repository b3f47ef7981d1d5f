"""Messages to people and tools: written down first, sent later, each once."""
