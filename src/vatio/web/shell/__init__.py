"""What every page uses: access control, middleware, templates, form fields, labels."""
