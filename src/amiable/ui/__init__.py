"""The shared look: base page, components, icons, style sheets, template tags."""
