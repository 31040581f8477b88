"""Floor 1: the design system, its content blocks, icons, charts and forms."""
